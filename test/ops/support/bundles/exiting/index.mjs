/** Ends its process after the first line that it logs, as the rotator would log it. */
export function handler({ Records }, { awsRequestId: requestId }) {
  const { connection } = JSON.parse(Records[0].body);
  console.log(JSON.stringify({ level: 'INFO', message: 'Begun', connection, requestId }));
  process.exit(3);
}

/** The SDK's notice that its releases of 2027 want Node.js 22: noise in every output and log here. */
export const quietSdk = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

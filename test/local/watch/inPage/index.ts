export { faintTexts } from './contrast';
export { focused, overflow, structuralFaults, usableButtons } from './structure';

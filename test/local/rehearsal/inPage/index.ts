export { faintTexts } from './contrast';
export { buttons, crowdedMarks, focused, overflow, structuralFaults } from './structure';

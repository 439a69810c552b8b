export { alarmingParts, emptyParts } from './calm';
export { faintShapes, faintTexts } from './contrast';
export { crowdedTexts, focused, overflow, stops, structuralFaults } from './structure';

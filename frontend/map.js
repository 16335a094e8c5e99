export const draw = () => {}

import { Button, type ButtonProps } from "react-aria-components";

interface WaitingButtonProps extends ButtonProps {
  readonly className: string;
  /** Whether an answer is on its way. */
  readonly isWaiting: boolean;
}

/** A button that is not pressed twice while an answer is on its way. It is not disabled, which would take the focus from the keyboard. */
export const WaitingButton = ({ className, isWaiting, type = "button", onPress, ...button }: WaitingButtonProps) => (
  <Button
    {...button}
    className={isWaiting ? `${className} waiting` : className}
    type={isWaiting ? "button" : type}
    onPress={(event) => {
      if (!isWaiting) onPress?.(event);
    }}
  />
);

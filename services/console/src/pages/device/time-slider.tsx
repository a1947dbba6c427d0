import { ChevronLeft, ChevronRight } from "lucide-react";
import { Button, Label, Slider, SliderOutput, SliderThumb, SliderTrack } from "react-aria-components";
import { exact } from "../../words/time.ts";
import "./time-slider.css";

interface TimeSliderProps {
  readonly label: string;
  /** In milliseconds. */
  readonly from: number;
  readonly until: number;
  readonly value: number;
  /** Times at which something changed, rising. */
  readonly changes: readonly number[];
  /** Its end means now. */
  readonly onChange: (time: number) => void;
}

const STEPS = 400;
const MINUTE_MS = 60_000;

/** Goes back in time: anywhere by the thumb, from change to change by the buttons. */
export function TimeSlider({ label, from, until, value, changes, onChange }: TimeSliderProps) {
  const span = Math.max(MINUTE_MS, until - from);
  const earlier = changes.findLast((change) => change < value);
  // The last change holds until now.
  const later = changes.find((change) => change > value) ?? (value < until ? until : undefined);
  const words = value >= until ? "now" : exact(new Date(value).toISOString());
  return (
    <div className="time-slider">
      <Button
        className="icon-button"
        aria-label="The change before"
        isDisabled={earlier === undefined}
        onPress={() => earlier !== undefined && onChange(earlier)}
      >
        <ChevronLeft size={16} />
      </Button>
      <Slider
        className="slider"
        minValue={from}
        maxValue={from + span}
        value={value >= until ? from + span : value}
        step={span / STEPS}
        onChange={(place) => onChange(place >= from + span ? until : place)}
      >
        <Label className="field-label">{label}</Label>
        <SliderOutput className="soft small">{words}</SliderOutput>
        <SliderTrack className="slider-track">
          {changes.map((change) => (
            <span
              className="slider-change"
              key={change}
              style={{ insetInlineStart: `${((change - from) / span) * 100}%` }}
            />
          ))}
          <SliderThumb className="slider-thumb" />
        </SliderTrack>
      </Slider>
      <Button
        className="icon-button"
        aria-label="The change after"
        isDisabled={later === undefined}
        onPress={() => later !== undefined && onChange(later)}
      >
        <ChevronRight size={16} />
      </Button>
    </div>
  );
}

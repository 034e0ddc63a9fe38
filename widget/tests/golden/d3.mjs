// Works out with D3 what the pure functions of `widget/src/chart` must give, and writes it to d3.json.
// Calendars are cut in the zone of the process, so each zone has a process of its own.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ticks } from 'd3-array';
import { scaleBand, scaleLinear, scaleQuantize } from 'd3-scale';
import { area, line, pie, stack, stackOffsetDiverging } from 'd3-shape';
import * as time from 'd3-time';

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Sydney'];

// What our units are called, and what D3 calls them.
const UNITS = {
  'Minutes 5': time.timeMinute.every(5),
  'Minutes 15': time.timeMinute.every(15),
  'Minutes 30': time.timeMinute.every(30),
  'Hours 1': time.timeHour,
  'Hours 3': time.timeHour.every(3),
  'Hours 6': time.timeHour.every(6),
  'Hours 12': time.timeHour.every(12),
  'Days 1': time.timeDay,
  'Weeks 1': time.timeMonday,
  'Months 1': time.timeMonth,
  'Months 2': time.timeMonth.every(2),
  'Months 3': time.timeMonth.every(3),
  'Months 6': time.timeMonth.every(6),
  'Years 1': time.timeYear,
  'Years 2': time.timeYear.every(2),
  'Years 5': time.timeYear.every(5),
};

// Ranges over changes of the clock, leap days and turns of the year: first, last, bucket, units.
const RANGES = [
  ['2026-03-28T00:00', '2026-03-31T00:00', time.timeHour, ['Hours 1', 'Hours 3', 'Hours 6', 'Hours 12', 'Days 1']],
  ['2026-10-24T00:00', '2026-10-27T00:00', time.timeHour, ['Hours 3', 'Hours 6', 'Hours 12', 'Days 1']],
  ['2026-11-01T00:00', '2026-11-01T06:00', time.timeMinute.every(5), ['Minutes 15', 'Minutes 30']],
  ['2028-02-01T00:00', '2028-04-15T00:00', time.timeDay, ['Days 1', 'Weeks 1', 'Months 1']],
  ['2025-11-20T00:00', '2026-12-20T00:00', time.timeDay, ['Weeks 1', 'Months 1', 'Months 2', 'Months 3', 'Months 6', 'Years 1']],
  ['2019-05-01T00:00', '2031-08-01T00:00', time.timeMonth, ['Months 3', 'Months 6', 'Years 1', 'Years 2', 'Years 5']],
];

// As the server writes it: the reading of the clock, and how far it is from UTC.
function written(date) {
  const two = (number) => String(Math.trunc(Math.abs(number))).padStart(2, '0');
  const offset = -date.getTimezoneOffset();
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const sign = offset < 0 ? '-' : '+';
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:00${sign}${two(offset / 60)}:${two(offset % 60)}`;
}

function calendar() {
  return RANGES.flatMap(([from, to, bucket, units]) => {
    const times = bucket.range(new Date(from), new Date(to));
    const starts = new Map(times.map((time, place) => [time.getTime(), place]));
    return {
      zone: process.env.TZ,
      times: times.map(written),
      units: Object.fromEntries(
        units.map((unit) => {
          const found = UNITS[unit].range(new Date(from), new Date(to));
          return [unit, found.map((time) => starts.get(time.getTime())).filter((place) => place != null)];
        }),
      ),
    };
  });
}

const dice = (() => {
  let seed = 42;
  return (end) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return (seed / 2147483648) * end;
  };
})();
const list = (count, make) => Array.from({ length: count }, (_, place) => make(place));

function linear() {
  const cases = [[0, 97, 5], [0, 1, 10], [-5, 5, 4], [0, 12345, 4], [1e12, 1e12 + 4, 4], [0, 1e-9, 5], [-0.37, 0.018, 6]];
  for (let n = 0; n < 200; n += 1) {
    const size = 10 ** Math.floor(dice(14) - 6);
    const from = dice(2) < 1 ? 0 : -dice(size);
    cases.push([from, dice(size) + size / 100, Math.floor(2 + dice(8))]);
  }
  return cases.map(([from, to, count]) => {
    const scale = scaleLinear([from, to], [250, 10]);
    const values = list(4, () => from + dice(1) * (to - from));
    const nice = scaleLinear([from, to], [0, 1]).nice(count).domain();
    return { from, to, count, ticks: ticks(from, to, count), nice, values, pixels: values.map(scale) };
  });
}

function bands() {
  return list(60, () => {
    const [count, from, length, inner] = [1 + Math.floor(dice(60)), dice(80), 40 + dice(900), dice(0.6)];
    const scale = scaleBand(list(count, String), [from, from + length]).paddingInner(inner).paddingOuter(inner / 2);
    return { count, from, to: from + length, inner, width: scale.bandwidth(), starts: list(count, (n) => scale(String(n))) };
  });
}

function stacks() {
  return list(30, () => {
    const [series, places] = [1 + Math.floor(dice(6)), 1 + Math.floor(dice(8))];
    const values = list(series, () => list(places, () => Math.round(dice(200) - 60)));
    const rows = list(places, (place) => values.map((line) => line[place]));
    const stacked = stack().keys(list(series, (n) => n)).offset(stackOffsetDiverging)(rows);
    return { values, spans: stacked.map((line) => line.map(([from, to]) => [from, to])) };
  });
}

function shapes() {
  return list(20, () => {
    const points = list(2 + Math.floor(dice(30)), (n) => [n * 7 + dice(6), 20 + dice(180), 210 + dice(40)]);
    return {
      points,
      line: line((p) => p[0], (p) => p[1]).digits(1)(points),
      between: area((p) => p[0], (p) => p[2], (p) => p[1]).digits(1)(points),
    };
  });
}

function rings() {
  return list(20, () => {
    const values = list(1 + Math.floor(dice(7)), () => Math.round(dice(900)));
    const share = (angle) => (angle / (2 * Math.PI)) * 100;
    return { values, arcs: pie().sort(null)(values).map((arc) => [share(arc.startAngle), share(arc.endAngle)]) };
  });
}

function shades() {
  return list(20, () => {
    const most = 1 + dice(1000);
    const shade = scaleQuantize([0, most], [1, 2, 3, 4, 5]);
    const values = list(20, () => dice(most) + 1e-6);
    return { most, values, shades: values.map(shade) };
  });
}

if (process.argv[2] === 'calendar') {
  process.stdout.write(JSON.stringify(calendar()));
} else {
  const here = fileURLToPath(import.meta.url);
  const calendars = ZONES.flatMap((TZ) =>
    JSON.parse(execFileSync(process.execPath, [here, 'calendar'], { env: { ...process.env, TZ }, maxBuffer: 1e9 })),
  );
  const parts = { linear: linear(), bands: bands(), stacks: stacks(), shapes: shapes(), rings: rings(), shades: shades(), calendars };
  const lines = Object.entries(parts).map(
    ([name, cases]) => `${JSON.stringify(name)}: [\n${cases.map((one) => JSON.stringify(one)).join(',\n')}\n]`,
  );
  writeFileSync(new URL('d3.json', import.meta.url), `{${lines.join(',\n')}}\n`);
}

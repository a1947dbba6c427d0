import type { SeededRandom } from "../seeded-random.ts";

export interface Person {
  readonly login: string;
  readonly fullName: string;
}

const first =
  "Ada Amara Anna Ben Carlos Chiara David Dilara Elena Emil Fatima Felix Greta Hana Ines Ivan Jonas Julia Kai Lena Lucas Maja Marek Mei Milan Nadia Noah Olga Omar Paula Priya Quentin Rosa Sami Sofia Tariq Theo Uma Vera Viktor Yara Yusuf Zoe".split(
    " ",
  );
const last =
  "Adeyemi Almeida Andersen Bauer Becker Bianchi Cohen Costa Dubois Eriksen Farah Fischer Garcia Haddad Hansen Ito Jansen Kaya Keller Kim Kowalski Kumar Lindgren Lopez Marino Meyer Moreau Nguyen Novak Okafor Petrov Rossi Sato Schmidt Silva Tanaka Torres Vogel Weber Wong Yilmaz Zhang".split(
    " ",
  );

export const drawPerson = (random: SeededRandom): Person => {
  const [given, family] = [random.pick(first), random.pick(last)];
  return { login: `${given[0] ?? ""}${family}`.toLowerCase(), fullName: `${given} ${family}` };
};

#!/usr/bin/env python3
"""Makes the reference tables beside it from pySpiro's data folder and the published NHANES III coefficients (nhanes3.txt
here is written by hand). Usage: convert.py PYSPIRO_DATA_FOLDER. Run once; the tables are what is kept."""
import csv
import pathlib
import sys

source, here = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).parent
MIT = """# Coefficients and splines after pySpiro (MIT License, Copyright (c) 2024 OnlineArts; the notice is in LICENSE.pySpiro).
# Layout: equation SET PARAMETER SEX FIRST_AGE LAST_AGE; m: a0 ln(height cm) ln(age) and one summand each for groups 2 to 5;
# s: p0 ln(age) and groups 2 to 5; l: q0 ln(age); then one line of L M S splines for every quarter of a year.
"""


def rows(name):
    return list(csv.DictReader((source / name).open(), delimiter=";"))


def number(text, digits=10):
    value = round(float(text or 0), digits)
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if value else "0"


def write(name, head, tables, coefficients, splines, wanted):
    by_name = {r["var"]: r for r in coefficients}
    out = [f"# {head}\n", MIT]
    for parameter, sex, first, last in wanted:
        column = f"{parameter}_{sex}s"
        take = lambda prefix, n: [number(by_name.get(f"{prefix}{i}", {}).get(column)) for i in range(n)]
        out.append(f"equation {tables} {parameter} {sex} {first} {last}\n")
        out.append("m " + " ".join(take("a", 7)) + "\ns " + " ".join(take("p", 6)) + "\nl " + " ".join(take("q", 2)) + "\n")
        if f"{column}_Mspline" in splines[0]:
            for r in splines:
                if first <= float(r["age"]) <= last:
                    out.append(" ".join(number(r[f"{column}_{k}spline"]) for k in "LMS") + "\n")
    (here / name).write_text("".join(out))


sexes = ("male", "female")
every = [(p, s, 3, 95) for p in ("FEV1", "FVC", "FEV1FVC") for s in sexes]
# Not here: FEF25_75 of males, of which two published spline tables disagree (at 40 years by 0.05 % in M, 0.2 % in S), and
# FEF75 of males, which nobody compared.
write("gli2012.txt", "GLI-2012 spirometry, Quanjer et al., Eur Respir J 2012;40:1324. Groups: 1 Caucasian, 2 African American,\n"
      "# 3 North East Asian, 4 South East Asian, 5 other or mixed.", "GLI2012",
      rows("gli_2012_coefficients.csv"), rows("gli_2012_splines.csv"),
      every + [("FEF25_75", "female", 3, 90), ("FEF75", "female", 3, 90)] +
      [(p, s, 3, 7) for p in ("FEV075", "FEV075FVC") for s in sexes])
write("gli2022.txt", "GLI Global (race-neutral), Bowerman et al., Am J Respir Crit Care Med 2023;207:768.", "GLI2022",
      rows("bowerman_2022_coefficients.csv"), rows("bowerman_2022_splines.csv"), every)

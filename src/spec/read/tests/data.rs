//! Mistakes in data files and their columns.

use super::*;
use expect_test::expect;

#[test]
fn data_files_are_readable_tables() {
    check(
        &[("data = \"cases.csv\"", "data = \"case.csv\"")],
        expect![[r#"
        s.toml:23: `targets[0].data`: found "case.csv", which cannot be read: no such file, allowed: a readable CSV file with one header and rows of equal length
    "#]],
    );
    check_data(
        "",
        &[],
        expect![[r#"
        s.toml:23: `targets[0].data`: found cases.csv, an empty file, allowed: a readable CSV file with one header and rows of equal length
    "#]],
    );
    check_data(
        "year,age_from,n\n",
        &[],
        expect![[r#"
        s.toml:23: `targets[0].data`: found cases.csv without rows, allowed: at least one row
    "#]],
    );
    check_data(
        "year,age_from,n\n2017,0\n2017,5,20,1\n",
        &[],
        expect![[r#"
        s.toml:23: `targets[0].data`: found cases.csv: line 2 with 2 cells, line 3 with 4 cells, under a header of 3, allowed: a readable CSV file with one header and rows of equal length
    "#]],
    );
    check_data(
        "year,age_from,n,n\n2017,0,1,1\n",
        &[],
        expect![[r#"
        s.toml:23: `targets[0].data`: found cases.csv with two columns `n`, allowed: a readable CSV file with one header and rows of equal length
    "#]],
    );
}

#[test]
fn columns_are_of_the_data() {
    check(
        &[
            ("observed = \"n\"", "observed = \"N\"\nwhere = { yaer = 2017 }"),
            ("age = \"age_from\"", "age = \"age_form\""),
        ],
        expect![[r#"
            s.toml:24: `targets[0].observed`: found column "N", which cases.csv lacks, allowed: year, age_from, n, population, se or label; did you mean `n`?
            s.toml:25: `targets[0].where.yaer`: found column "yaer", which cases.csv lacks, allowed: year, age_from, n, population, se or label; did you mean `year`?
            s.toml:26: `targets[0].align.age`: found column "age_form", which cases.csv lacks, allowed: year, age_from, n, population, se or label; did you mean `age_from`?
        "#]],
    );
}

#[test]
fn a_filter_keeps_something() {
    check(
        &[("observed = \"n\"", "observed = \"n\"\nwhere = { year = [2016, 2020] }")],
        expect![[r#"
        s.toml:25: `targets[0].where`: found a filter that keeps no row of cases.csv, allowed: values that occur in the data
    "#]],
    );
    check(
        &[("observed = \"n\"", "observed = \"n\"\nwhere = { year = { from = 2016 }, label = [[1]] }")],
        expect![[r#"
            s.toml:25: `targets[0].where.year`: found a table, allowed: a number, a text, true or false, or a list of these
            s.toml:25: `targets[0].where.label[0]`: found a list of 1, allowed: a number, a text, true or false, or a list of these
        "#]],
    );
    check(
        &[("observed = \"n\"", "observed = \"n\"\nwhere = { year = 2017.0, label = \"old\" }")],
        expect![[r#"
            sound
        "#]],
    );
}

#[test]
fn the_filter_decides_which_cells_matter() {
    let cases = "year,age_from,n,set\n2017,0,10,a\n2017,5, ,b\n2017-2018,5,NA,b\n2018,0,-3,b\n";
    check_data(
        cases,
        &[("observed = \"n\"", "observed = \"n\"\nwhere = { set = \"a\" }")],
        expect![[r#"
        sound
    "#]],
    );
    check_data(
        cases,
        &[("observed = \"n\"", "observed = \"n\"\nwhere = { set = \"b\" }")],
        expect![[r#"
        s.toml:24: `targets[0].observed`: found no value in line 3 of cases.csv, no value in line 4 of cases.csv, allowed: finite numbers
    "#]],
    );
}

#[test]
fn observed_values_fit_the_measure() {
    let cases = "year,age_from,n,size\n2017,0,-3,5\n2017,5,1.5,5\n2018,0,7,5\n2018,5,8,5\n2019,0,9,5\n";
    check_data(
        cases,
        &[],
        expect![[r#"
        s.toml:24: `targets[0].observed`: found -3 in line 2 of cases.csv, 1.5 in line 3 of cases.csv, allowed: a whole number, 0 or more
    "#]],
    );
    check_data(
        cases,
        &[("likelihood = \"poisson\"", "observed_size = \"size\"\nlikelihood = \"binomial\"")],
        expect![[r#"
            s.toml:24: `targets[0].observed`: found -3 of 5 in line 2 of cases.csv, 1.5 of 5 in line 3 of cases.csv, 7 of 5 in line 4 of cases.csv and 2 more, allowed: a whole number from 0 to the observed size, itself a whole number
        "#]],
    );
    check_data(
        cases,
        &[("likelihood = \"poisson\"", "distance = \"squared_error\"")],
        expect![[r#"
        sound
    "#]],
    );
}

#[test]
fn alignment_columns_exist_on_both_sides() {
    check(
        &[("align = { year = \"year\", age = \"age_from\" }", "align = [\"year\", \"age\", \"year\"]")],
        expect![[r#"
            s.toml:25: `targets[0].align[1]`: found column "age", which cases.csv lacks, allowed: year, age_from, n, population, se or label
            s.toml:25: `targets[0].align[2]`: found "year", allowed: each column once
        "#]],
    );
    check(
        &[("align = { year = \"year\", age = \"age_from\" }", "align = { yaer = \"year\", count = \"n\" }")],
        expect![[r#"
            s.toml:25: `targets[0].align.yaer`: found "yaer", which does not tell rows of the output apart, allowed: year or age; did you mean `year`?
            s.toml:25: `targets[0].align.count`: found "count", which does not tell rows of the output apart, allowed: year or age
        "#]],
    );
    check(
        &[("align = { year = \"year\", age = \"age_from\" }", "")],
        expect![[r#"
        s.toml:19: `targets[0].align`: found nothing, allowed: the columns that pick a row of the output: year, age
    "#]],
    );
}

#[test]
fn every_data_row_has_one_row_of_the_model() {
    let cases = "year,age_from,n\n2017,0,1\n2018,2,1\n2025,0,1\n2025,5,1\n2026,5,1\n";
    check_data(
        cases,
        &[],
        expect![[r#"
        s.toml:25: `targets[0].align`: found data that match no row of output `cases`: line 3 of cases.csv (year = 2018, age_from = 2), line 4 of cases.csv (year = 2025, age_from = 0), line 5 of cases.csv (year = 2025, age_from = 5) and 1 more, allowed: rows of the model: year = 2017, 2018, 2019; age = 0, 5
    "#]],
    );
    check_data(
        "year,age_from,n\n17-18,0,1\n",
        &[],
        expect![[r#"
        s.toml:25: `targets[0].align`: found data that match no row of output `cases`: line 2 of cases.csv (year = "17-18", age_from = 0), allowed: rows of the model: year = 2017, 2018, 2019; age = 0, 5
    "#]],
    );
    check_data(
        "year,n\n2017,3\n2018,4\n",
        &[(", age = \"age_from\"", "")],
        expect![[r#"
        s.toml:25: `targets[0].align`: found data that match several rows of output `cases`: line 2 of cases.csv with 2 rows, line 3 of cases.csv with 2 rows, allowed: one row for each; also align on age
    "#]],
    );
}

#[test]
fn an_output_of_one_row_has_one_observation() {
    let total = [
        ("output = \"cases\"", "output = \"total\""),
        ("simulated = \"count\"", "simulated = \"sum\""),
        ("align = { year = \"year\", age = \"age_from\" }", ""),
    ];
    check_data(
        "n\n3\n",
        &total,
        expect![[r#"
        sound
    "#]],
    );
    check_data(
        "n\n3\n4\n",
        &total,
        expect![[r#"
        s.toml:23: `targets[0].data`: found 2 rows for an output that has one, allowed: one row, if need be by `where`
    "#]],
    );
}

#[test]
fn a_data_row_stands_once() {
    check_data(
        "year,age_from,n\n2017,0,1\n2017,5,1\n2017.0,0,1\n",
        &[],
        expect![[r#"
        s.toml:25: `targets[0].align`: found rows of cases.csv that are the same in these columns: line 4 like line 2, allowed: columns that differ in every data row
    "#]],
    );
    check(
        &[(", age = \"age_from\"", "")],
        expect![[r#"
        s.toml:25: `targets[0].align`: found rows of cases.csv that are the same in these columns: line 3 like line 2, line 5 like line 4, allowed: columns that differ in every data row
    "#]],
    );
}

#[test]
fn columns_take_the_type_of_the_rows_kept() {
    let cases = "year,age_from,n,set\n2017, 0 ,10,a\n2018,5.0,11,a\n2017-2018,x,NA,b\n";
    let text = sound_but(&[("observed = \"n\"", "observed = \"n\"\nwhere = { set = \"a\" }")]);
    let study = read_toml(&text, cases).unwrap().freeze(1);
    let data = study.targets[0].data.as_ref().unwrap();
    let names: Vec<&str> = data.table.columns.iter().map(|column| column.name.as_ref()).collect();
    assert_eq!(names, ["year", "age_from", "n"]);
    assert_eq!(data.table.columns[0].cells, Cells::Int(vec![2017, 2018]));
    assert_eq!(data.table.columns[1].cells, Cells::Float(vec![0.0, 5.0]));
    assert_eq!(data.table.columns[2].cells, Cells::Int(vec![10, 11]));
    assert_eq!(data.align[1], ("age".to_string(), "age_from".to_string()));
}

using Matching.Api.Imports;

namespace Matching.Api.Tests.Imports;

/// <summary>Numbers of spreadsheets and what they stand for.</summary>
public class NumberTextTests
{
    [TestCase("5000", NumberKind.Plain, false, "5000")]
    [TestCase("29.345700000000001", NumberKind.Plain, false, "29.3457")]
    [TestCase("1.3574407777E10", NumberKind.Plain, false, "13574407777")]
    [TestCase("-3", NumberKind.Plain, false, "-3")]
    [TestCase("46568", NumberKind.Day, false, "2027-06-30")]
    [TestCase("45106", NumberKind.Day, true, "2027-06-30")]
    [TestCase("46568.395833333336", NumberKind.Day, false, "2027-06-30 9:30")]
    [TestCase("0.39583333333333331", NumberKind.TimeOfDay, false, "9:30")]
    [TestCase("1E300", NumberKind.Day, false, "1E+300")]
    [TestCase("text", NumberKind.Day, false, "text")]
    public void A_number_is_written_as_a_csv_file_would_hold_it(string written, NumberKind kind, bool since1904, string text) =>
        Assert.That(NumberText.Of(written, kind, since1904), Is.EqualTo(text));

    [TestCase("General", NumberKind.Plain)]
    [TestCase("0.00", NumberKind.Plain)]
    [TestCase("#,##0\"days\"", NumberKind.Plain)]
    [TestCase("[Red]0", NumberKind.Plain)]
    [TestCase("yyyy\"年\"m\"月\"d\"日\"", NumberKind.Day)]
    [TestCase("[$-804]yyyy/m/d;@", NumberKind.Day)]
    [TestCase("h:mm", NumberKind.TimeOfDay)]
    [TestCase("[$-804]AM/PM h:mm", NumberKind.TimeOfDay)]
    public void A_format_that_somebody_wrote_says_what_its_numbers_are(string code, NumberKind kind) => Assert.That(NumberText.KindOf(code), Is.EqualTo(kind));
}

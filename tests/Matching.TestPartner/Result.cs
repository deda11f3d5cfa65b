using System.Globalization;
using System.Text;
using Matching.TestPartner.Checking;
using Matching.TestPartner.Lines;
using Matching.TestPartner.Partner;
using Matching.TestPartner.Town;

namespace Matching.TestPartner;

/// <summary>What a run ended with.</summary>
/// <param name="ToService">What the line did to requests.</param>
/// <param name="ToHotline">What the other one did to deliveries.</param>
public sealed record Result(
    Options Options, IReadOnlyList<Verdict> Verdicts, LineCounts ToService, LineCounts ToHotline, Hotline Hotline, Neighbours Town, TimeSpan Took)
{
    private const int MostExamples = 5;

    /// <summary>Everything holds, and there was something to hold.</summary>
    public bool IsGood => Verdicts.All(verdict => verdict.Holds);

    public override string ToString()
    {
        var text = new StringBuilder();
        Say(text, $"\n{Options.Wishes} wishes, seed {Options.Seed}, {Took.TotalSeconds:0.0} s");
        Say(text, $"  {"",-22}{"to the service",15}{"to the hotline",15}");
        foreach (var (what, count) in new (string, Func<LineCounts, int>)[]
        {
            ("sent", line => line.Passed), ("lost", line => line.Lost), ("answer lost", line => line.AnswersLost), ("twice", line => line.Twice), ("late", line => line.Late),
            ("overtaken", line => line.Overtaken), ("forged beside", line => line.Forged), ("streams broken", line => line.StreamsBroken),
        })
        {
            Say(text, $"  {what,-22}{count(ToService),15}{count(ToHotline),15}");
        }

        Say(text, $"the hotline asked {Hotline.Line.Asked} times, {Hotline.Line.Repeated} times once more; {Hotline.Line.Replayed} answers were of a first time; {Hotline.Found} wishes were found, not made");
        Say(text, $"it was called {Hotline.Receiver.Called} times: {Hotline.Called.Taken} taken, {Hotline.Called.Again} known already, {Hotline.Receiver.Refused} refused, {Hotline.Receiver.Tests} tests");
        Say(text, $"it heard {Hotline.Asked.Taken} changes by asking and {Hotline.Streamed.Taken} by {Hotline.StreamsOpened} streams ({Hotline.Streamed.Again} again)");
        Say(text, $"it {string.Join(", ", Hotline.Done.OrderBy(deed => deed.Key).Select(deed => $"{deed.Key} {deed.Value.Count}"))}; {Hotline.Late} came too late");
        Say(text, $"the town made {Town.Curated} orders by hand, took {Town.Accepted} seats, served {Town.Served}, settled {Town.Settled} disputes\n");
        foreach (var verdict in Verdicts)
        {
            Say(text, $"  {(verdict.Holds ? "holds " : "BROKEN")}  {verdict.Sentence} ({verdict.Looked})");
            foreach (var wrong in verdict.Wrong.Take(MostExamples))
            {
                Say(text, $"            {wrong}");
            }

            if (verdict.Wrong.Count > MostExamples)
            {
                Say(text, $"            and {verdict.Wrong.Count - MostExamples} more");
            }
        }

        Say(text, $"\n{(IsGood ? "both sides agree" : "THEY DO NOT AGREE")}");
        return text.ToString();
    }

    private static void Say(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}

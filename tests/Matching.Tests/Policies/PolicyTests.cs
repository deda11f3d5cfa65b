using System.Text.Json;
using Matching.Policies;
using Matching.Sites;
using Matching.Wishes;

namespace Matching.Tests.Policies;

public class PolicyTests
{
    // The table of the field's rules: first offer, wave length in minutes, waves, the three deadlines in minutes, serve within in hours.
    [TestCase(Urgency.Critical, FirstOffer.AtOnce, 5, 1, 15, 30, 60, 2, false)]
    [TestCase(Urgency.Urgent, FirstOffer.AtOnce, 15, 2, 60, 120, 240, 24, false)]
    [TestCase(Urgency.Normal, FirstOffer.OutsideQuietHours, 120, 3, 1440, 2880, 4320, 168, true)]
    [TestCase(Urgency.Scheduled, FirstOffer.NextBatch, 720, 3, 4320, 2880, 1440, null, true)]
    public void The_defaults_are_those_of_the_field(
        Urgency urgency, FirstOffer first, int wave, int waves, int station, int institute, int center, int? serveWithin, bool quiet)
    {
        var clocks = Policy.Default.ClocksOf(urgency);

        Assert.That(clocks.FirstOffer, Is.EqualTo(first));
        Assert.That(clocks.WaveLength, Is.EqualTo(TimeSpan.FromMinutes(wave)));
        Assert.That(clocks.Waves, Is.EqualTo(waves));
        Assert.That(clocks.Station, Is.EqualTo(TimeSpan.FromMinutes(station)));
        Assert.That(clocks.Institute, Is.EqualTo(TimeSpan.FromMinutes(institute)));
        Assert.That(clocks.Center, Is.EqualTo(TimeSpan.FromMinutes(center)));
        Assert.That(clocks.ServeWithin, Is.EqualTo(serveWithin is { } hours ? TimeSpan.FromHours(hours) : (TimeSpan?)null));
        Assert.That(clocks.KeepsQuiet, Is.EqualTo(quiet));
        Assert.That(clocks.BeforeWindow, Is.EqualTo(urgency == Urgency.Scheduled));
    }

    [Test]
    public void Deadlines_count_from_ready_and_those_of_a_scheduled_order_back_from_its_window()
    {
        var (ready, window) = (At.China("2026-05-04 09:00"), At.ChinaWindow("2026-05-20 09:00", 2));

        Assert.That(Policy.Default.LevelDeadline(Urgency.Urgent, SiteKind.Institute, ready, window), Is.EqualTo(At.China("2026-05-04 11:00")));
        Assert.That(Policy.Default.LevelDeadline(Urgency.Scheduled, SiteKind.Station, ready, window), Is.EqualTo(At.China("2026-05-17 09:00")));
        Assert.That(Policy.Default.LevelDeadline(Urgency.Scheduled, SiteKind.Center, ready, window), Is.EqualTo(At.China("2026-05-19 09:00")));
        Assert.That(() => Policy.Default.LevelDeadline(Urgency.Normal, SiteKind.Base, ready, window), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_policy_comes_back_from_json_as_it_was(bool emergency)
    {
        var policy = Policy.Default with { Version = 7, Zone = "America/Los_Angeles", WaveSizes = [1, 2], StarHours = [10, 20] };
        var text = JsonSerializer.Serialize(emergency ? policy.InEmergency() : policy);
        var read = JsonSerializer.Deserialize<Policy>(text)!;

        Assert.That(JsonSerializer.Serialize(read), Is.EqualTo(text));
        Assert.That(read.Zone, Is.EqualTo("America/Los_Angeles"));
        Assert.That(read.WaveSizes, Is.EqualTo(emergency ? [2, 4] : new[] { 1, 2 }));
        Assert.That(read.QuietHours, Is.EqualTo(emergency ? QuietHours.None : Policy.Default.QuietHours));
        Assert.That(read.Normal, Is.EqualTo(emergency ? policy.InEmergency().Normal : policy.Normal));
    }

    [Test]
    public void A_figure_missing_in_json_has_its_default()
    {
        Assert.That(JsonSerializer.Deserialize<Policy>("""{"CircleM":900}""")!.Urgent, Is.EqualTo(Policy.Default.Urgent));
    }

    [Test]
    public void The_defaults_can_be_put_in_force_and_so_can_those_of_an_emergency()
    {
        Assert.That(Policy.Default.Check(), Is.Empty);
        Assert.That(Policy.Default.InEmergency().Check(), Is.Empty);
    }

    [Test]
    public void An_emergency_hurries_and_reaches_further()
    {
        var usual = Policy.Default;
        var emergency = usual.InEmergency();

        Assert.That(emergency.Normal.Station, Is.EqualTo(TimeSpan.FromHours(12)));
        Assert.That(emergency.Critical.WaveLength, Is.EqualTo(TimeSpan.FromSeconds(150)));
        Assert.That(emergency.Scheduled.Station, Is.EqualTo(usual.Scheduled.Station));
        Assert.That(emergency.WaveSizes, Is.EqualTo(new[] { 6, 12, 24 }));
        Assert.That(emergency.CircleM, Is.EqualTo(3_000));
        Assert.That(emergency.QuietHoursOf(Urgency.Normal), Is.EqualTo(QuietHours.None));
        Assert.That(emergency.InEmergency(), Is.SameAs(emergency));
    }

    [Test]
    public void Critical_and_urgent_know_no_quiet_hours()
    {
        Assert.That(Policy.Default.QuietHoursOf(Urgency.Critical), Is.EqualTo(QuietHours.None));
        Assert.That(Policy.Default.QuietHoursOf(Urgency.Urgent), Is.EqualTo(QuietHours.None));
        Assert.That(Policy.Default.QuietHoursOf(Urgency.Scheduled), Is.EqualTo(Policy.Default.QuietHours));
    }

    [TestCaseSource(nameof(Spoilt))]
    public void A_policy_that_makes_no_sense_is_refused_with_its_field(Policy policy, string code, string field)
    {
        Assert.That(policy.Check().Select(refusal => (refusal.Code, refusal.Field)), Is.EqualTo(new[] { (code, field) }));
    }

    private static IEnumerable<TestCaseData> Spoilt()
    {
        var usual = Policy.Default;
        const string Range = "policy_value_out_of_range";
        const string Order = "policy_out_of_order";
        yield return Case(usual with { Zone = "Asia/Nowhere" }, "policy_zone_unknown", "zone");
        yield return Case(usual with { Zone = "China Standard Time" }, "policy_zone_unknown", "zone");
        yield return Case(usual with { Version = 0 }, Range, "version");
        yield return Case(usual with { Critical = usual.Critical with { WaveLength = TimeSpan.Zero } }, Range, "critical.waveLength");
        yield return Case(usual with { Urgent = usual.Urgent with { Waves = 0 } }, Range, "urgent.waves");
        yield return Case(usual with { Normal = usual.Normal with { Institute = TimeSpan.FromHours(23) } }, Order, "normal.institute");
        yield return Case(usual with { Scheduled = usual.Scheduled with { Center = TimeSpan.FromHours(50) } }, Order, "scheduled.institute");
        yield return Case(usual with { Urgent = usual.Urgent with { ServeWithin = TimeSpan.Zero } }, Range, "urgent.serveWithin");
        yield return Case(usual with { BatchEvery = TimeSpan.FromMinutes(7) }, Range, "batchEvery");
        yield return Case(usual with { WaveSizes = [] }, Range, "waveSizes");
        yield return Case(usual with { WaveSizes = [3, 0] }, Range, "waveSizes");
        yield return Case(usual with { CircleM = double.NaN }, Range, "circleM");
        yield return Case(usual with { GeofenceM = 0 }, Range, "geofenceM");
        yield return Case(usual with { MostOfPlanned = 0.5 }, Range, "mostOfPlanned");
        yield return Case(usual with { StarHours = [100, 100] }, Order, "starHours");
        yield return Case(usual with { StarHours = [0, 100] }, Range, "starHours");
        yield return Case(usual with { HoursADayByItself = 13 }, Order, "hoursADayBySite");
        yield return Case(usual with { HoursADayBySite = 25 }, Range, "hoursADayBySite");
        yield return Case(usual with { Limits = new(OrdersAWeek: 0) }, "limits_out_of_range", "limits");
        yield return Case(usual with { Weights = usual.Weights with { Skill = -1 } }, "score_weights_invalid", "weights");

        static TestCaseData Case(Policy policy, string code, string field) => new TestCaseData(policy, code, field).SetArgDisplayNames(code, field);
    }
}

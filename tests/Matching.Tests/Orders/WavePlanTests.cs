using FsCheck;
using Matching.Orders;
using Matching.Policies;
using Matching.Sites;
using Matching.Wishes;

namespace Matching.Tests.Orders;

public class WavePlanTests
{
    [TestCase(Urgency.Normal, 1, 1, 3)]
    [TestCase(Urgency.Normal, 2, 1, 6)]
    [TestCase(Urgency.Normal, 3, 1, 12)]
    [TestCase(Urgency.Normal, 3, 4, 48)]
    [TestCase(Urgency.Normal, 4, 4, null)]
    [TestCase(Urgency.Critical, 1, 2, 6)]
    [TestCase(Urgency.Critical, 2, 2, null, Description = "five minutes, then broadcast")]
    [TestCase(Urgency.Urgent, 2, 1, 6)]
    [TestCase(Urgency.Urgent, 3, 1, null)]
    public void Three_six_and_twelve_are_asked_for_each_open_seat_and_then_the_rest(Urgency urgency, int wave, int seats, int? asked)
    {
        Assert.That(WavePlan.Size(DispatchMode.Wave, urgency, wave, seats, Policy.Default), Is.EqualTo(asked));
    }

    [Test]
    public void One_after_another_means_one_and_broadcast_means_all()
    {
        Assert.That(WavePlan.Size(DispatchMode.Direct, Urgency.Normal, 9, 3, Policy.Default), Is.EqualTo(1));
        Assert.That(WavePlan.Size(DispatchMode.Broadcast, Urgency.Normal, 1, 3, Policy.Default), Is.Null);
    }

    [Test]
    public void A_policy_with_more_waves_than_sizes_goes_on_with_the_last()
    {
        var policy = Policy.Default with { WaveSizes = [2, 5], Normal = Policy.Default.Normal with { Waves = 4 } };

        Assert.That(WavePlan.Size(DispatchMode.Wave, Urgency.Normal, 4, 1, policy), Is.EqualTo(5));
    }

    [TestCase(SiteKind.Station, 5_000, 1_200)]
    [TestCase(SiteKind.Institute, 5_000, 5_000)]
    [TestCase(SiteKind.Institute, 500, 1_200)]
    [TestCase(SiteKind.Center, 5_000, null)]
    public void The_radius_grows_with_the_level(SiteKind level, double site, double? radius)
    {
        Assert.That(WavePlan.RadiusM(level, site, Policy.Default), Is.EqualTo(radius));
    }

    [TestCase(Urgency.Critical, "2026-05-04 23:10", "2026-05-04 23:10")]
    [TestCase(Urgency.Urgent, "2026-05-04 23:10", "2026-05-04 23:10")]
    [TestCase(Urgency.Normal, "2026-05-04 20:59", "2026-05-04 20:59")]
    [TestCase(Urgency.Normal, "2026-05-04 23:10", "2026-05-05 08:00")]
    [TestCase(Urgency.Scheduled, "2026-05-04 09:10", "2026-05-04 09:30")]
    [TestCase(Urgency.Scheduled, "2026-05-04 09:30", "2026-05-04 09:30")]
    [TestCase(Urgency.Scheduled, "2026-05-04 20:40", "2026-05-05 08:00")]
    public void First_offers_go_out_at_once_or_after_the_night_or_with_the_next_batch(Urgency urgency, string ready, string first)
    {
        Assert.That(WavePlan.FirstOfferAt(urgency, At.China(ready), Policy.Default), Is.EqualTo(At.China(first)));
    }

    [TestCase(Urgency.Critical, "2026-05-04 20:58", "2026-05-04 21:03")]
    [TestCase(Urgency.Normal, "2026-05-04 20:30", "2026-05-05 09:30")]
    [TestCase(Urgency.Scheduled, "2026-05-04 09:30", "2026-05-05 08:30")]
    [TestCase(Urgency.Normal, "2026-05-08 10:30", "2026-05-08 11:00", Description = "no offer outlives the window")]
    public void A_wave_closes_after_its_length(Urgency urgency, string opens, string closes)
    {
        var window = At.ChinaWindow("2026-05-08 09:00", 2);

        Assert.That(WavePlan.ClosesAt(urgency, At.China(opens), window, Policy.Default), Is.EqualTo(At.China(closes)));
    }

    [TestCase(Urgency.Critical, "2026-05-04 22:00", "2026-05-04 22:05")]
    [TestCase(Urgency.Normal, "2026-05-04 10:00", "2026-05-04 10:05")]
    [TestCase(Urgency.Normal, "2026-05-04 20:57", "2026-05-05 08:02")]
    public void A_clock_waits_five_waking_minutes_for_messages_to_arrive_and_no_longer(Urgency urgency, string opens, string starts)
    {
        Assert.That(WavePlan.StartsBy(urgency, At.China(opens), Policy.Default), Is.EqualTo(At.China(starts)));
    }

    [Test]
    public void A_clock_waits_no_longer_than_its_wave_is_open()
    {
        var policy = Policy.Default with { DeliveryWithin = TimeSpan.FromHours(1), Critical = Policy.Default.Critical with { WaveLength = TimeSpan.FromMinutes(3) } };

        Assert.That(WavePlan.StartsBy(Urgency.Critical, At.China("2026-05-04 22:00"), policy), Is.EqualTo(At.China("2026-05-04 22:03")));
    }

    [TestCase("2026-05-08 08:30", "2026-05-08 10:30", Description = "two hours after it was heard of")]
    [TestCase("2026-05-08 09:30", "2026-05-08 11:00", Description = "no offer outlives the window")]
    [TestCase("2026-05-08 11:05", "2026-05-08 11:00", Description = "not even one that was heard of after it")]
    public void A_wave_closes_its_length_after_its_clock_has_started(string starts, string closes)
    {
        var window = At.ChinaWindow("2026-05-08 09:00", 2);

        Assert.That(WavePlan.ClosesAt(Urgency.Normal, At.China("2026-05-08 08:20"), At.China(starts), window, Policy.Default), Is.EqualTo(At.China(closes)));
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void Whoever_hears_of_it_sooner_has_the_same_time_and_a_wave_never_closes_later_than_it_said_at_first(
        DoNotSize<uint> at, DoNotSize<uint> heard, Urgency urgency, bool america)
    {
        var policy = Policy.Default with { Zone = america ? "America/Los_Angeles" : "Asia/Shanghai" };
        var opens = WavePlan.NextOfferAt(urgency, At.Instant("2026-01-01T00:00:00Z").AddSeconds(at.Item % (366L * 86_400)), policy);
        var by = WavePlan.StartsBy(urgency, opens, policy);
        var window = new Window(opens.AddDays(20), opens.AddDays(20).AddHours(2));
        var starts = opens + ((by - opens) * (heard.Item % 1_000 / 1_000.0));

        var closes = WavePlan.ClosesAt(urgency, opens, starts, window, policy);

        Assert.That(by, Is.GreaterThan(opens));
        Assert.That(closes, Is.LessThanOrEqualTo(WavePlan.ClosesAt(urgency, opens, by, window, policy)));
        Assert.That(policy.QuietHoursOf(urgency).WakingBetween(starts, closes, policy.TimeZone), Is.EqualTo(policy.ClocksOf(urgency).WaveLength));
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void First_offers_are_never_early_and_never_in_quiet_hours_that_are_kept(DoNotSize<uint> at, Urgency urgency, bool america)
    {
        var policy = Policy.Default with { Zone = america ? "America/Los_Angeles" : "Asia/Shanghai" };
        var ready = At.Instant("2026-01-01T00:00:00Z").AddSeconds(at.Item % (366L * 86_400));

        var first = WavePlan.FirstOfferAt(urgency, ready, policy);

        Assert.That(first, Is.GreaterThanOrEqualTo(ready));
        Assert.That(policy.QuietHoursOf(urgency).IsQuiet(first, policy.TimeZone), Is.False);
        Assert.That(urgency != Urgency.Scheduled || first.UtcTicks % policy.BatchEvery.Ticks == 0);
    }
}

using FsCheck;
using Matching.Hours;
using Matching.Policies;

namespace Matching.Tests.Hours;

public class DayShareTests
{
    [TestCase(0, 0, 480, 480, 0, HoursApproval.ByItself)]
    [TestCase(0, 0, 481, 480, 1, HoursApproval.Site)]
    [TestCase(0, 0, 720, 480, 240, HoursApproval.Site)]
    [TestCase(0, 0, 721, 480, 241, HoursApproval.Center)]
    [TestCase(400, 0, 100, 80, 20, HoursApproval.Site)]
    [TestCase(480, 200, 60, 0, 60, HoursApproval.Center)]
    [TestCase(600, 0, 10, 0, 10, HoursApproval.Site)]
    [TestCase(300, 0, 0, 0, 0, HoursApproval.ByItself)]
    public void What_fits_into_a_day_counts_at_once_and_only_the_rest_waits(
        int written, int waiting, int minutes, int atOnce, int waits, HoursApproval needs)
    {
        Assert.That(Ledger.Share(written, waiting, minutes, Policy.Default), Is.EqualTo(new DayShare(atOnce, waits, needs)));
    }

    [FsCheck.NUnit.Property]
    public void No_minute_is_lost_or_made_and_no_day_exceeds_what_counts_by_itself(NonNegativeInt a, NonNegativeInt b, NonNegativeInt c)
    {
        var (written, waiting, minutes) = (a.Get * 37 % 900, b.Get * 41 % 900, c.Get * 43 % 900);
        var share = Ledger.Share(written, waiting, minutes, Policy.Default);

        Assert.That(share.AtOnce + share.Waiting, Is.EqualTo(minutes));
        Assert.That(share.AtOnce, Is.InRange(0, Math.Max(0, 480 - written)));
        Assert.That(share.Needs == HoursApproval.ByItself, Is.EqualTo(share.Waiting == 0));
    }

    [TestCase(0, 6_000)]
    [TestCase(5_999, 1)]
    [TestCase(6_000, 12_000)]
    [TestCase(89_999, 1)]
    [TestCase(90_000, null)]
    public void The_next_star_is_so_far_away(long minutes, long? missing) => Assert.That(Ledger.ToNextStar(minutes, Policy.Default), Is.EqualTo(missing));
}

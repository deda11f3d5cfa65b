using FsCheck;
using Matching.Assignments;
using Matching.Hours;
using Matching.Policies;

namespace Matching.Tests.Hours;

public class LedgerTests
{
    private static readonly DateTimeOffset Now = At.China("2026-05-08 12:00");

    private static readonly Id Center = Id.From(0x0101);

    private static readonly ServedHours TwoHours = new(
        Id.From(0x0104), Id.From(0x010C), Id.From(0x010F), Id.From(0x0103), Minutes: 120, EvidenceGrade.B, new DateOnly(2026, 5, 8));

    [Test]
    public void Each_line_carries_the_hash_of_the_one_before()
    {
        var chain = Chain(3);

        Assert.That(chain.Select(entry => entry.Sequence), Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(chain[0].PreviousHash, Is.EqualTo(HoursEntry.NoHash));
        Assert.That(chain[1].PreviousHash, Is.EqualTo(chain[0].Hash));
        Assert.That(chain[2].PreviousHash, Is.EqualTo(chain[1].Hash));
        Assert.That(Ledger.Verify(chain), Is.Null);
        Assert.That(Ledger.Verify([]), Is.Null);
    }

    [Test]
    public void The_layout_of_the_hashed_bytes_never_changes()
    {
        // A ledger lives for decades: if this hash changes, every ledger in the field stops verifying. Reckoned outside of this code.
        Assert.That(Chain(1)[0].Hash, Is.EqualTo("b1c862554ebd2e28a28607f4f821e718ecd19f526b072b43ad919d848e17c9ae"));
    }

    [Test]
    public void What_the_database_cuts_off_is_not_in_the_hash()
    {
        var entry = Ledger.Append(null, TwoHours, Id.From(0x0112), Now.AddTicks(1_234)).Value;

        Assert.That(entry.WrittenAt, Is.EqualTo(Now));
        Assert.That(Ledger.Verify([entry with { WrittenAt = entry.WrittenAt.ToOffset(TimeSpan.FromHours(-7)) }]), Is.Null);
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void Whoever_changes_drops_doubles_or_swaps_a_line_is_found_at_that_line(PositiveInt length, PositiveInt which, PositiveInt how)
    {
        var chain = Chain(2 + (length.Get % 10)).ToList();
        var at = which.Get % (chain.Count - 1);
        var entry = chain[at];
        switch (how.Get % 15)
        {
            case 0: chain[at] = entry with { Minutes = entry.Minutes + 1 }; break;
            case 1: chain[at] = entry with { Grade = EvidenceGrade.A }; break;
            case 2: chain[at] = entry with { Day = entry.Day.AddDays(1) }; break;
            case 3: chain[at] = entry with { OrderId = Id.From(0x020C) }; break;
            case 4: chain[at] = entry with { AssignmentId = Id.From(0x020F) }; break;
            case 5: chain[at] = entry with { SiteId = Id.From(0x0203) }; break;
            case 6: chain[at] = entry with { VolunteerId = Id.From(0x0204) }; break;
            case 7: chain[at] = entry with { Id = Id.From(0x9912) }; break;
            case 8: chain[at] = entry with { Reverses = Id.From(0x0112) }; break;
            case 9: chain[at] = entry with { WrittenAt = entry.WrittenAt.AddMilliseconds(1) }; break;
            case 14: chain[at] = entry with { WrittenBy = Center }; break;
            case 10: chain[at] = entry with { PreviousHash = "not a hash" }; break;
            case 11: chain.RemoveAt(at); break;
            case 12: chain.Insert(at + 1, entry); at++; break;
            default: (chain[at], chain[at + 1]) = (chain[at + 1], chain[at]); break;
        }

        Assert.That(Ledger.Verify(chain), Is.EqualTo(at));
    }

    [Test]
    public void A_changed_line_with_a_hash_of_its_own_breaks_the_next()
    {
        var chain = Chain(3);
        var forged = Ledger.Append(chain[0], TwoHours with { Minutes = 480 }, chain[1].Id, chain[1].WrittenAt).Value;

        Assert.That(Ledger.Verify([chain[0], forged, chain[2]]), Is.EqualTo(2));
    }

    [Test]
    public void A_correction_is_a_line_that_takes_another_back()
    {
        var chain = Chain(2);
        var correction = Ledger.Reverse(chain[1], chain[0], reversedAlready: false, Id.From(0x9912), Now.AddDays(1), Center).Value;

        Assert.That(correction.Reverses, Is.EqualTo(chain[0].Id));
        Assert.That(correction.Minutes, Is.EqualTo(-120));
        Assert.That(correction.Sequence, Is.EqualTo(3));
        Assert.That(Ledger.Verify([.. chain, correction]), Is.Null);
    }

    [Test]
    public void A_line_is_taken_back_once_and_a_taking_back_never()
    {
        var chain = Chain(1);
        var correction = Ledger.Reverse(chain[0], chain[0], reversedAlready: false, Id.From(0x9912), Now, Center).Value;

        Assert.That(Ledger.Reverse(correction, chain[0], reversedAlready: true, Id.From(0x9A12), Now, Center).Refusal, Is.EqualTo(Refusals.HoursReversedAlready));
        Assert.That(Ledger.Reverse(correction, correction, reversedAlready: false, Id.From(0x9A12), Now, Center).Refusal, Is.EqualTo(Refusals.ReversalNotReversible));
    }

    [TestCase(0)]
    [TestCase(-5)]
    public void Nothing_served_is_nothing_written(int minutes)
    {
        Assert.That(Ledger.Append(null, TwoHours with { Minutes = minutes }, Id.From(0x0112), Now).Refusal, Is.EqualTo(Refusals.MinutesNotPositive));
    }

    [Test]
    public void Two_volunteers_never_share_a_chain()
    {
        var other = TwoHours with { VolunteerId = Id.From(0x0204) };

        Assert.That(() => Ledger.Append(Chain(1)[0], other, Id.From(0x9912), Now), Throws.ArgumentException);
    }

    [TestCase(480, HoursApproval.ByItself)]
    [TestCase(481, HoursApproval.Site)]
    [TestCase(720, HoursApproval.Site)]
    [TestCase(721, HoursApproval.Center)]
    public void Long_days_need_somebody_elses_yes(int minutes, HoursApproval approval)
    {
        Assert.That(Ledger.ApprovalFor(minutes, Policy.Default), Is.EqualTo(approval));
    }

    [TestCase(0, 0)]
    [TestCase(5_999, 0)]
    [TestCase(6_000, 1)]
    [TestCase(18_000, 2)]
    [TestCase(36_000, 3)]
    [TestCase(60_000, 4)]
    [TestCase(89_999, 4)]
    [TestCase(90_000, 5)]
    public void Stars_come_at_100_300_600_1000_and_1500_hours(int minutes, int stars)
    {
        Assert.That(Ledger.Stars(minutes, Policy.Default), Is.EqualTo(stars));
    }

    private static List<HoursEntry> Chain(int length)
    {
        var chain = new List<HoursEntry>();
        for (var i = 0; i < length; i++)
        {
            var id = Id.From(((UInt128)(i + 1) << 8) | (byte)IdKind.HoursEntry);
            chain.Add(Ledger.Append(chain.LastOrDefault(), TwoHours, id, Now.AddMinutes(i)).Value);
        }

        return chain;
    }
}

using Matching.Engine;
using Matching.Geography;
using Matching.Volunteers;

namespace Matching.Tests.Engine;

public class HardRuleTests
{
    [Test]
    public void Who_breaks_no_rule_may_be_asked() => Keeps(A.Volunteer(), A.Need());

    // ── in the pool ─────────────────────────────────────────────────────────────────────────────────────────────────
    [TestCase("county/town/village/", true)]
    [TestCase("county/town/village/point/", true)]
    [TestCase("county/town/", false)]
    [TestCase("county/town/villagers/", false)]
    [TestCase("next/town/village/", false)]
    public void A_village_asks_its_own_and_nobody_elses(string home, bool asked)
    {
        Decides(HardRule.InPool, A.Volunteer() with { HomePath = home }, A.Need(), asked);
    }

    [Test]
    public void A_federated_county_is_asked_too() =>
        Keeps(A.Volunteer() with { HomePath = "next/town/" }, A.Need() with { Pools = [A.Village, "next/"] });

    // ── active and real-name · not suspended ────────────────────────────────────────────────────────────────────────
    [TestCase(VolunteerStatus.Registered)]
    [TestCase(VolunteerStatus.Left)]
    public void Who_is_not_approved_or_has_left_is_not_asked(VolunteerStatus status) =>
        Breaks(HardRule.ActiveAndRealName, A.Volunteer() with { Status = status }, A.Need());

    [Test]
    public void Who_has_no_verified_real_name_is_not_asked() =>
        Breaks(HardRule.ActiveAndRealName, A.Volunteer() with { RealName = false }, A.Need());

    [Test]
    public void Who_is_suspended_is_not_asked_and_that_is_the_only_reason() =>
        Breaks(HardRule.NotSuspended, A.Volunteer() with { Status = VolunteerStatus.Suspended }, A.Need());

    // ── of age ──────────────────────────────────────────────────────────────────────────────────────────────────────
    [TestCase("2008-05-12", true, Description = "eighteen on the day")]
    [TestCase("2008-05-13", false)]
    public void Who_comes_of_age_by_the_day_of_service_is_asked(string born, bool asked) =>
        Decides(HardRule.OfAge, A.Volunteer() with { BirthDate = DateOnly.Parse(born) }, A.Need(), asked);

    [Test]
    public void The_day_of_service_is_the_centers()
    {
        // 00:30 on the 12th in Shanghai is still the 11th in UTC.
        var need = A.Need() with { Window = A.Window(A.May(12, 0, 30).ToUniversalTime(), 1) };
        Keeps(A.Volunteer() with { BirthDate = new DateOnly(2008, 5, 12) }, need);
    }

    [Test]
    public void Who_has_no_birth_date_is_not_taken_for_an_adult() => Breaks(HardRule.OfAge, A.Volunteer() with { BirthDate = null }, A.Need());

    [TestCase(true, true, true)]
    [TestCase(true, false, false)]
    [TestCase(false, true, false)]
    public void A_minor_is_asked_where_the_item_allows_it_and_an_adult_comes_along(bool allowed, bool accompanied, bool asked) =>
        Decides(HardRule.OfAge, A.Volunteer() with { BirthDate = new DateOnly(2011, 1, 1), Accompanied = accompanied },
            A.Need() with { MinorsAllowed = allowed }, asked);

    // ── skills ──────────────────────────────────────────────────────────────────────────────────────────────────────
    [TestCase("wiring", 2, true)]
    [TestCase("wiring", 1, false)]
    [TestCase("rewiring", 2, true)]
    [TestCase("rewiring", 1, false)]
    [TestCase("electrics", 4, false)]
    [TestCase("plumbing", 4, false)]
    public void For_wiring_at_level_2(string skill, int level, bool asked) =>
        Decides(HardRule.Skills, A.Volunteer().WithSkill(skill, level), A.Need().Asking("wiring", 2), asked);

    [Test]
    public void Every_skill_is_needed_and_one_may_serve_for_two()
    {
        var need = A.Need().Asking("electrics").Asking("plumbing");
        Breaks(HardRule.Skills, A.Volunteer().WithSkill("wiring"), need);
        Keeps(A.Volunteer().WithSkill("wiring").WithSkill("plumbing"), need);
        Keeps(A.Volunteer().WithSkill("rewiring"), A.Need().Asking("electrics").Asking("wiring"));
    }

    // ── qualifications ──────────────────────────────────────────────────────────────────────────────────────────────
    [TestCase("2026-05-12", "2026-05-12", true, true)]
    [TestCase("2026-05-12", null, true, true)]
    [TestCase("2026-05-13", null, true, false)]
    [TestCase("2020-01-01", "2026-05-11", true, false)]
    [TestCase("2020-01-01", "2027-01-01", false, false)]
    public void A_licence_must_be_verified_and_hold_over_the_window(string from, string? to, bool verified, bool asked)
    {
        var volunteer = A.Volunteer().WithQualification("driver", DateOnly.Parse(from), to is null ? null : DateOnly.Parse(to), verified);
        Decides(HardRule.Qualifications, volunteer, A.Need().AskingQualification("driver"), asked);
    }

    [Test]
    public void A_licence_that_ends_at_midnight_does_not_hold_through_the_night()
    {
        var volunteer = A.Volunteer().WithQualification("driver", new(2020, 1, 1), new(2026, 5, 12));
        var need = A.Need().AskingQualification("driver");
        Keeps(volunteer, need with { Window = A.Window(A.May(12, 22), 2) });
        Breaks(HardRule.Qualifications, volunteer, need with { Window = A.Window(A.May(12, 22), 3) });
    }

    [Test]
    public void Another_licence_is_not_this_one() =>
        Breaks(HardRule.Qualifications, A.Volunteer().WithQualification("nurse", new(2020, 1, 1)), A.Need().AskingQualification("driver"));

    // ── insured ─────────────────────────────────────────────────────────────────────────────────────────────────────
    [TestCase(null, false, true)]
    [TestCase(null, true, false)]
    [TestCase("2026-05-11", true, false)]
    [TestCase("2026-05-12", true, true)]
    public void Insurance_must_last_through_the_day_where_the_risk_asks_for_it(string? until, bool needed, bool asked) =>
        Decides(HardRule.Insured, A.Volunteer() with { InsuredUntil = until is null ? null : DateOnly.Parse(until) },
            A.Need() with { InsuranceNeeded = needed }, asked);

    // ── available ───────────────────────────────────────────────────────────────────────────────────────────────────
    [Test]
    public void A_volunteer_who_is_away_is_not_asked()
    {
        Breaks(HardRule.Available, A.Volunteer().Away(A.Window(A.May(12, 17, 59), 24)), A.Need());
        Keeps(A.Volunteer().Away(A.Window(A.May(12, 18), 24)), A.Need());
    }

    [Test]
    public void A_volunteer_who_is_free_for_part_of_the_window_is_not_asked()
    {
        Breaks(HardRule.Available, A.Volunteer().Free(WeeklySlot.On(DayOfWeek.Tuesday, new(16, 1), new(18, 0))), A.Need());
        Keeps(A.Volunteer().Free(WeeklySlot.On(DayOfWeek.Tuesday, new(16, 0), new(18, 0))), A.Need());
    }

    // ── no overlap ──────────────────────────────────────────────────────────────────────────────────────────────────
    [TestCase(15, 1, true, Description = "ends as this begins, next door")]
    [TestCase(15, 1.1, false)]
    [TestCase(17, 0.5, false)]
    [TestCase(18, 1, true)]
    [TestCase(17.9, 1, false)]
    public void Nobody_is_asked_to_be_in_two_services_at_once(double from, double hours, bool asked) =>
        Decides(HardRule.NoOverlap, A.Volunteer().Booked(A.Window(A.May(12).AddHours(from), hours)), A.Need(), asked);

    [Test]
    public void Who_holds_a_seat_of_the_order_is_not_asked_for_another()
    {
        Breaks(HardRule.NoOverlap, A.Volunteer().Booked(A.Need().Window, order: "order"), A.Need());
        var again = HardRules.Check(A.Volunteer().Booked(A.Need().Window, order: "order"), A.Need(), Moment.Acceptance);
        Assert.That(again.Refusal, Is.EqualTo(Refusals.BrokenNoOverlap));
    }

    [TestCase(14, 29, false)]
    [TestCase(14, 28, true)]
    [TestCase(18, 31, false)]
    [TestCase(18, 32, true)]
    public void The_way_between_two_services_counts(int hour, int minute, bool asked)
    {
        // Five kilometres take between 31 and 32 minutes; the other service lasts an hour.
        Assert.That(Travel.Time(5_000).TotalMinutes, Is.InRange(31, 32));
        var other = A.Window(A.May(12, hour, minute), 1);
        Decides(HardRule.NoOverlap, A.Volunteer().Booked(other, A.Home.North(5_000)), A.Need(), asked);
    }

    // ── below limits ────────────────────────────────────────────────────────────────────────────────────────────────
    [Test]
    public void A_week_runs_from_Monday_to_Sunday_in_the_centers_zone()
    {
        var twoAWeek = A.Volunteer() with { Limits = new Limits(OrdersAWeek: 2) };
        Breaks(HardRule.BelowLimits, twoAWeek.Booked(A.Window(A.May(11, 0), 1)).Booked(A.Window(A.May(17, 23), 1)), A.Need());
        Keeps(twoAWeek.Booked(A.Window(A.May(10, 23, 30), 1)).Booked(A.Window(A.May(17, 23), 1)), A.Need());
        Keeps(twoAWeek.Booked(A.Window(A.May(11, 0), 1)).Booked(A.Window(A.May(18, 0), 1)), A.Need());
    }

    [TestCase(120, true)]
    [TestCase(121, false)]
    public void Four_hours_a_day_are_four_hours(int minutesBefore, bool asked)
    {
        var volunteer = A.Volunteer() with { Limits = new Limits(MinutesADay: 240) };
        Decides(HardRule.BelowLimits, volunteer.Booked(A.Window(A.May(12, 8), 4), minutes: minutesBefore), A.Need(), asked);
    }

    [Test]
    public void A_service_across_midnight_counts_for_each_day_what_falls_on_it()
    {
        var volunteer = A.Volunteer() with { Limits = new Limits(MinutesADay: 240) };

        // Of six hours from 22:00 two fall on the 11th and four on the 12th.
        var night = volunteer.Booked(A.Window(A.May(11, 22), 6));
        Breaks(HardRule.BelowLimits, night, A.Need());
        Keeps(night, A.Need() with { Window = A.Window(A.May(11, 14), 2) });
        Keeps(volunteer.Booked(A.Window(A.May(11, 22), 4)), A.Need());
        Breaks(HardRule.BelowLimits, volunteer, A.Need() with { Window = A.Window(A.May(12, 19), 10), Minutes = 600 });
    }

    // ── within radius ───────────────────────────────────────────────────────────────────────────────────────────────
    [TestCase(1_000, null, 999, true)]
    [TestCase(1_000, null, 1_001, false)]
    [TestCase(null, 1_000, 999, true)]
    [TestCase(null, 1_000, 1_001, false)]
    [TestCase(2_000, 1_000, 1_500, false)]
    [TestCase(1_000, 2_000, 1_500, false)]
    [TestCase(null, null, 90_000, true)]
    public void Both_the_orders_radius_and_the_volunteers_own_hold(double? orders, double? own, double metres, bool asked) =>
        Decides(HardRule.WithinRadius, (A.Volunteer() with { RadiusM = own }).At(A.Home.North(metres)), A.Need() with { RadiusM = orders }, asked);

    [Test]
    public void The_nearest_of_their_places_counts() =>
        Assert.That(
            new[] { A.Volunteer().At(A.Home.North(9_000), A.Home.North(500)), A.Volunteer().At(A.Home.North(500), A.Home.North(9_000)) }
                .Select(volunteer => HardRules.FirstBroken(volunteer, A.Need() with { RadiusM = 1_000 })),
            Is.All.Null);

    [Test]
    public void Who_gave_no_place_is_asked_only_when_the_whole_subtree_is()
    {
        Breaks(HardRule.WithinRadius, A.Volunteer().At(), A.Need() with { RadiusM = 50_000 });
        Keeps(A.Volunteer().At(), A.Need());
    }

    // ── not blocked · language or gender · not already asked ────────────────────────────────────────────────────────
    [Test]
    public void A_block_by_either_side_holds()
    {
        Breaks(HardRule.NotBlocked, A.Volunteer() with { Blocked = [A.Resident("granny")] }, A.Need());
        Breaks(HardRule.NotBlocked, A.Volunteer(), A.Need() with { BlockedVolunteers = [A.Volunteer().Id] });
        Keeps(A.Volunteer() with { Blocked = [A.Resident("somebody else")] }, A.Need() with { BlockedVolunteers = [A.Volunteer("bob").Id] });
    }

    [Test]
    public void Language_and_gender_hold_where_they_were_asked_for()
    {
        Breaks(HardRule.LanguageAndGender, A.Volunteer(), A.Need() with { Language = "yue" });
        Keeps(A.Volunteer() with { Languages = ["cmn", "yue"] }, A.Need() with { Language = "yue" });
        Breaks(HardRule.LanguageAndGender, A.Volunteer() with { Gender = Gender.Male }, A.Need() with { Gender = Gender.Female });
        Breaks(HardRule.LanguageAndGender, A.Volunteer() with { Gender = null }, A.Need() with { Gender = Gender.Female });
        Keeps(A.Volunteer(), A.Need() with { Gender = Gender.Female });
    }

    [Test]
    public void Nobody_is_asked_twice_for_one_order() =>
        Breaks(HardRule.NotAlreadyAsked, A.Volunteer(), A.Need() with { AlreadyAsked = [A.Volunteer().Id] });

    // ── the order, and the moments ──────────────────────────────────────────────────────────────────────────────────
    [Test]
    public void The_first_broken_rule_is_named_in_the_order_of_the_field()
    {
        string[] order =
        [
            "in_pool", "active_real_name", "not_suspended", "of_age", "skills", "qualifications", "insured", "available", "no_overlap",
            "below_limits", "within_radius", "not_blocked", "language_gender", "not_already_asked",
        ];
        Assert.That(HardRules.InOrder.Select(rule => rule.Code()), Is.EqualTo(order));

        // Breaks everything that can be broken at once; then mended one by one.
        var need = A.Need().Asking("wiring").AskingQualification("driver") with
        {
            InsuranceNeeded = true,
            RadiusM = 100,
            Language = "yue",
            AlreadyAsked = [A.Volunteer().Id],
        };
        var volunteer = A.Volunteer().At(A.Home.North(900)).Free().Booked(need.Window) with
        {
            HomePath = "elsewhere/",
            RealName = false,
            Status = VolunteerStatus.Suspended,
            BirthDate = null,
            Limits = new Limits(OrdersAWeek: 1),
            Blocked = [A.Resident("granny")],
        };
        Assert.That(HardRules.AllBroken(volunteer, need).ToList(), Is.EqualTo(HardRules.InOrder));

        Func<VolunteerFacts, VolunteerFacts>[] mend =
        [
            v => v with { HomePath = A.Village },
            v => v with { RealName = true },
            v => v with { Status = VolunteerStatus.Active },
            v => v with { BirthDate = new DateOnly(1990, 1, 1) },
            v => v.WithSkill("wiring"),
            v => v.WithQualification("driver", new DateOnly(2020, 1, 1)),
            v => v with { InsuredUntil = new DateOnly(2027, 1, 1) },
            v => v with { Availability = Availability.Always },
            v => v with { Bookings = [v.Bookings[0] with { Window = A.Window(A.May(14, 9), 1) }] },
            v => v with { Limits = default },
            v => v.At(A.Home),
            v => v with { Blocked = [] },
            v => v with { Languages = ["yue"] },
        ];
        foreach (var rule in HardRules.InOrder)
        {
            Assert.That(HardRules.FirstBroken(volunteer, need), Is.EqualTo(rule));
            volunteer = (int)rule < mend.Length ? mend[(int)rule](volunteer) : volunteer;
        }
    }

    [Test]
    public void At_acceptance_having_been_asked_is_no_reason_and_everything_else_is()
    {
        var need = A.Need() with { AlreadyAsked = [A.Volunteer().Id], RadiusM = 100 };
        Assert.That(HardRules.Check(A.Volunteer(), need, Moment.Acceptance).Refused, Is.False);
        Assert.That(
            HardRules.Check(A.Volunteer().At(A.Home.North(900)), need, Moment.Acceptance).Refusal,
            Is.EqualTo(Refusals.BrokenWithinRadius));
        Assert.That(
            HardRules.Check(A.Volunteer().Booked(need.Window), need, Moment.Acceptance).Refusal,
            Is.EqualTo(Refusals.BrokenNoOverlap));
    }

    [Test]
    public void At_the_door_ones_own_assignment_and_ones_own_wishes_are_no_reason_but_a_lapsed_licence_is()
    {
        var need = A.Need().AskingQualification("driver") with { AlreadyAsked = [A.Volunteer().Id], RadiusM = 100 };
        var volunteer = A.Volunteer().Free().At(A.Home.North(900)).Booked(need.Window, order: "order") with { Limits = new Limits(1, 60) };
        Assert.That(
            HardRules.AllBroken(volunteer, need, Moment.CheckIn).ToList(),
            Is.EqualTo(new[] { HardRule.Qualifications }));

        volunteer = volunteer.WithQualification("driver", new DateOnly(2020, 1, 1));
        Assert.That(HardRules.FirstBroken(volunteer, need, Moment.CheckIn), Is.Null);
        Assert.That(HardRules.FirstBroken(volunteer.Booked(need.Window, order: "other"), need, Moment.CheckIn), Is.EqualTo(HardRule.NoOverlap));
    }

    [Test]
    public void Every_rule_has_a_code_that_is_read_back_labels_and_a_refusal_of_its_own()
    {
        foreach (var rule in HardRules.InOrder)
        {
            Assert.That(HardRuleNames.TryParse(rule.Code(), out var read), Is.True);
            Assert.That(read, Is.EqualTo(rule));
            Assert.That(rule.Zh(), Is.Not.Empty);
            Assert.That(rule.En(), Is.Not.Empty);
            Assert.That(rule.Refusal().Code, Is.EqualTo("rule_broken_" + rule.Code()));
        }

        Assert.That(HardRuleNames.TryParse("not_a_rule", out _), Is.False);
    }

    private static void Decides(HardRule rule, VolunteerFacts volunteer, Need need, bool asked)
    {
        if (asked)
        {
            Keeps(volunteer, need);
        }
        else
        {
            Breaks(rule, volunteer, need);
        }
    }

    private static void Keeps(VolunteerFacts volunteer, Need need) => Assert.That(HardRules.AllBroken(volunteer, need).ToList(), Is.Empty);

    /// <summary>That rule, and no other.</summary>
    private static void Breaks(HardRule rule, VolunteerFacts volunteer, Need need)
    {
        Assert.That(HardRules.AllBroken(volunteer, need).ToList(), Is.EqualTo(new[] { rule }));
        Assert.That(HardRules.FirstBroken(volunteer, need), Is.EqualTo(rule));
        Assert.That(HardRules.AllBroken(volunteer, need).Only, Is.EqualTo(rule));
    }
}

using Matching.Policies;
using Matching.Sites;

namespace Matching.Orders;

/// <summary>What happens to an order next if nobody does anything. Of several due at one instant the first named comes first.</summary>
public enum OrderAction
{
    /// <summary>Too few, and the dispatcher did not answer by the start: cancelled, with a message to both sides.</summary>
    CancelShort,

    /// <summary>Its window is over and too few came forward: unfilled.</summary>
    LeaveUnfilled,

    /// <summary>Enough for it to take place: accepted with the seats it has; the open ones are given up.</summary>
    GoAhead,

    /// <summary>Its service ends by itself: who has not checked out is checked out at the planned end.</summary>
    FinishService,

    /// <summary>Somebody has not come: their seat is open again, for an urgent search.</summary>
    FindNoShow,

    /// <summary>The round is over: its pending offers expire.</summary>
    CloseWave,

    /// <summary>The level's time is up, or nobody is left to ask there: on to the parent site. A running round's offers keep their own expiry.</summary>
    Escalate,

    /// <summary>The center's time is up, or nobody is left to ask: a person takes over.</summary>
    HoldForPerson,

    /// <summary>The next wave goes out; from Ready this begins the search.</summary>
    OpenWave,

    /// <summary>Everybody at this level who has not been asked is asked.</summary>
    AskRest,

    /// <summary>Too few shortly before the start: the dispatcher decides.</summary>
    AskDispatcher,

    RemindDayBefore,

    RemindOnTheDay,

    /// <summary>Nobody confirmed in time: taken as done, with evidence one grade lower.</summary>
    CloseConfirmation,

    /// <summary>Not both rated in time: closed, the silence recorded.</summary>
    CloseRating,

    /// <summary>It lies with staff: they are reminded (<see cref="StaffReminder"/>).</summary>
    RemindStaff,
}

/// <summary>When something happens to an order by itself, and what.</summary>
public readonly record struct NextStep(DateTimeOffset DueAt, OrderAction Action);

/// <summary>
/// The one next due-date and the one next action of an order that is not finished (invariant 1): the earliest of all clocks that apply to its
/// state. Asked anew whenever anything about the order changes.
/// </summary>
public static class OrderClock
{
    /// <summary>Null when the order is finished. Never before it was ready.</summary>
    public static NextStep? Next(OrderFacts order, Policy policy)
    {
        if (!order.State.IsOpen())
        {
            return null;
        }

        var step = Steps(order, policy).OrderBy(step => step.DueAt).ThenBy(step => step.Action).First();
        return order.ReadyAt is { } ready && step.DueAt < ready ? step with { DueAt = ready } : step;
    }

    private static IEnumerable<NextStep> Steps(OrderFacts order, Policy policy) => order.State switch
    {
        // A draft is not dispatched by a clock, so all that a clock can do is to nudge its curators.
        OrderState.Draft => [RemindStaff(order, policy)],
        OrderState.Ready => [FirstRound(order, policy), .. TooFew(order, policy), new(order.Window.End, OrderAction.CancelShort)],
        OrderState.Dispatching =>
            [.. Search(order, policy), .. TooFew(order, policy), .. Reminders(order, policy), .. NoShow(order, policy), WindowOver(order)],
        OrderState.ManualHold => [.. Held(order, policy), .. Reminders(order, policy), WindowOver(order)],
        OrderState.Accepted => [.. Reminders(order, policy), .. NoShow(order, policy)],
        OrderState.InService => [.. Search(order, policy), .. NoShow(order, policy), Abandoned(order, policy)],
        OrderState.AwaitingConfirmation => [new(order.Since + policy.ConfirmationSilence, OrderAction.CloseConfirmation)],
        OrderState.AwaitingRating => [new(order.Since + policy.RatingSilence, OrderAction.CloseRating)],
        OrderState.Disputed => [RemindStaff(order, policy.DisputeReminder, policy.QuietHours, policy)],
        _ => throw new ArgumentOutOfRangeException(nameof(order)),
    };

    // ── The search ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>The next thing that the search for open seats does, and the level's deadline.</summary>
    private static IEnumerable<NextStep> Search(OrderFacts order, Policy policy)
    {
        if (order.OpenSeats == 0)
        {
            yield break;
        }

        var deadline = policy.LevelDeadline(order.Urgency, order.Level, ReadyAt(order), order.Window);
        var steps = new[] { Round(order, policy), Climb(order, Latest(deadline, LevelSince(order))) };
        foreach (var step in steps.OfType<NextStep>())
        {
            // Whoever is in service needs no company any more once the planned end has come.
            if (order.State == OrderState.Dispatching || step.Action == OrderAction.CloseWave || step.DueAt < order.Window.End)
            {
                yield return step;
            }
        }
    }

    /// <summary>The running round closes; or the next one opens; or, nobody being left to ask, the order climbs at once.</summary>
    private static NextStep? Round(OrderFacts order, Policy policy)
    {
        if (order.Round is { IsClosed: false } running)
        {
            return new NextStep(running.ClosesAt, OrderAction.CloseWave);
        }

        var from = order.Round is { } last ? Latest(last.ClosesAt, LevelSince(order)) : LevelSince(order);
        var done = order.Round?.Wave ?? 0;
        var waves = policy.ClocksOf(order.Urgency).Waves;
        if (order.EverybodyAsked || order.Mode == DispatchMode.Manual)
        {
            return Climb(order, from);
        }

        var at = done == 0 && order.LevelSince is null
            ? WavePlan.FirstOfferAt(order.Urgency, from, policy)
            : WavePlan.NextOfferAt(order.Urgency, from, policy);
        return order.Mode switch
        {
            DispatchMode.Direct => new NextStep(at, OrderAction.OpenWave),
            DispatchMode.Broadcast when done == 0 => new NextStep(at, OrderAction.AskRest),
            DispatchMode.Broadcast => Climb(order, from),
            _ when done < waves => new NextStep(at, OrderAction.OpenWave),
            _ when done == waves => new NextStep(at, OrderAction.AskRest),
            _ => Climb(order, from),
        };
    }

    /// <summary>To the parent site; from the center, and where a person picks whom to ask, to a person, unless enough have said yes.</summary>
    private static NextStep? Climb(OrderFacts order, DateTimeOffset at)
    {
        if (order.Level != SiteKind.Center && order.Mode != DispatchMode.Manual)
        {
            return new NextStep(at, OrderAction.Escalate);
        }

        // What is in service is past holding; it goes on with whom it has.
        return order.State == OrderState.InService ? null
            : new NextStep(at, order.Filled >= order.Needed ? OrderAction.GoAhead : OrderAction.HoldForPerson);
    }

    private static NextStep FirstRound(OrderFacts order, Policy policy)
    {
        var at = WavePlan.FirstOfferAt(order.Urgency, ReadyAt(order), policy);
        return order.Mode switch
        {
            DispatchMode.Broadcast => new NextStep(at, OrderAction.AskRest),
            // Nobody but a dispatcher may begin it.
            DispatchMode.Manual => RemindStaff(order, policy),
            _ => new NextStep(at, OrderAction.OpenWave),
        };
    }

    // ── A person ────────────────────────────────────────────────────────────────────────────────────────────────────

    private static IEnumerable<NextStep> Held(OrderFacts order, Policy policy)
    {
        yield return RemindStaff(order, policy);

        // An offer that the dispatcher made by hand.
        if (order.Round is { IsClosed: false } running)
        {
            yield return new NextStep(running.ClosesAt, OrderAction.CloseWave);
        }

        // Only where somebody has said yes: the others have nobody to disappoint, and keep their whole window.
        if (order.Filled > 0)
        {
            foreach (var step in TooFew(order, policy))
            {
                yield return step;
            }
        }
    }

    private static NextStep RemindStaff(OrderFacts order, Policy policy) =>
        RemindStaff(order, policy.ClocksOf(order.Urgency).RemindStaff, policy.QuietHoursOf(order.Urgency), policy);

    private static NextStep RemindStaff(OrderFacts order, TimeSpan patience, QuietHours quiet, Policy policy) =>
        new(StaffReminder.NextAt(order.Since, order.StaffRemindedAt, patience, quiet, policy), OrderAction.RemindStaff);

    // ── Around the start ────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>
    /// With too few the dispatcher is asked before the start, and silence cancels at the start. When the search began too late for that (a seat
    /// given back an hour before), the dispatcher is asked at once if somebody has said yes, who must not stand there alone; with nobody to
    /// disappoint the search goes on until the window ends.
    /// </summary>
    private static IEnumerable<NextStep> TooFew(OrderFacts order, Policy policy)
    {
        if (order.Filled >= order.Needed || order.DispatcherAnswered)
        {
            yield break;
        }

        var start = order.Window.Start;
        var askAt = start - policy.AskDispatcherBefore;
        var ready = ReadyAt(order);
        if (ready > askAt && (order.Filled == 0 || ready >= start))
        {
            yield break;
        }

        yield return order.DispatcherAskedAt is null
            ? new NextStep(Latest(askAt, ready), OrderAction.AskDispatcher)
            : new NextStep(start, OrderAction.CancelShort);
    }

    /// <summary>What the end of the search is: enough, and it goes ahead at the start; or too few, and it is unfilled when its window ends.</summary>
    private static NextStep WindowOver(OrderFacts order)
    {
        if (order.Filled < order.Needed || order.State != OrderState.Dispatching)
        {
            return new NextStep(order.Window.End, OrderAction.LeaveUnfilled);
        }

        // A search that began after the start goes on for as long as it is of use.
        return new NextStep(ReadyAt(order) < order.Window.Start ? order.Window.Start : order.Window.End, OrderAction.GoAhead);
    }

    /// <summary>Reminders for those who said yes before they were due; who said yes later needs none.</summary>
    private static IEnumerable<NextStep> Reminders(OrderFacts order, Policy policy)
    {
        if (order.Filled == 0)
        {
            yield break;
        }

        var saidYes = order.Seats.Min(seat => seat.ConfirmedAt);
        var zone = policy.TimeZone;
        var start = TimeZoneInfo.ConvertTime(order.Window.Start, zone).DateTime;
        var (day, time) = (DateOnly.FromDateTime(start), TimeOnly.FromDateTime(start));

        // Whatever the urgency: a reminder is never worth waking somebody.
        var dayBefore = policy.QuietHours.Waking(LocalTime.At(day.AddDays(-1), time, zone), zone);
        if (order.DayBeforeSentAt is null && saidYes <= dayBefore && dayBefore < order.Window.Start)
        {
            yield return new NextStep(dayBefore, OrderAction.RemindDayBefore);
        }

        var onTheDay = LocalTime.At(day, policy.RemindAt, zone);
        if (order.OnTheDaySentAt is null && saidYes <= onTheDay && onTheDay < order.Window.Start)
        {
            yield return new NextStep(onTheDay, OrderAction.RemindOnTheDay);
        }
    }

    /// <summary>Each who said yes has the same time to come. An accepted order is looked at even if its seats are lost sight of.</summary>
    private static IEnumerable<NextStep> NoShow(OrderFacts order, Policy policy)
    {
        var awaited = order.Seats.Where(seat => !seat.HasCome).Select(seat => seat.ConfirmedAt);
        return (order.State == OrderState.Accepted ? awaited.DefaultIfEmpty(order.Since) : awaited)
            .Select(confirmedAt => new NextStep(NoShowAt(confirmedAt, order.Window, policy), OrderAction.FindNoShow));
    }

    /// <summary>When somebody who has not checked in counts as not having come; who said yes after the start is not late yet.</summary>
    public static DateTimeOffset NoShowAt(DateTimeOffset confirmedAt, Window window, Policy policy) =>
        Latest(window.Start, confirmedAt) + policy.NoShowAfter;

    // ── After it ────────────────────────────────────────────────────────────────────────────────────────────────────

    private static NextStep Abandoned(OrderFacts order, Policy policy) =>
        new(Latest(order.Window.End, order.Since) + policy.CheckOutAfter, OrderAction.FinishService);

    private static DateTimeOffset ReadyAt(OrderFacts order) => order.ReadyAt ?? order.Since;

    private static DateTimeOffset LevelSince(OrderFacts order) =>
        order.LevelSince is { } since ? Latest(since, ReadyAt(order)) : ReadyAt(order);

    private static DateTimeOffset Latest(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}

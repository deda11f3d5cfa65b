using Matching.Replay.Http;
using Matching.Replay.People;

namespace Matching.Replay.Playing;

/// <summary>A seat that somebody has taken.</summary>
/// <param name="Captain">Who brings her and says that she is there; null for one who comes by herself.</param>
/// <param name="Key">What becomes of it is decided by this.</param>
public sealed record Seat(OrderStory Order, string AssignmentId, Helper Helper, Person? Captain, string Key, DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>Who says that she is there: her captain, or she herself; a captain vouches for others and not for herself.</summary>
    public bool IsVouchedFor => Captain is not null && Captain.AccountId != Helper.Person.AccountId;
}

/// <summary>How those behave who took a seat: they give it back, come in time, late or not at all, and go home with or without checking out.</summary>
public sealed class Serving(Stage stage, Dispatchers dispatchers)
{
    /// <summary>Her order was cancelled or moved, she gave the seat back, or it was taken for granted that she does not come.</summary>
    private static readonly string[] NotToday =
        ["assignment_state_wrong", "order_state_wrong", "no_show_recorded", "check_in_too_late", "check_in_too_early", "rule_broken_no_overlap"];

    /// <summary>A seat that was just taken: who took it is shown where to go, and makes her plans.</summary>
    public async Task TakeAsync(OrderStory order, string assignmentId, Helper helper, Person? captain, string key)
    {
        stage.Web.Remember(assignmentId, "Confirmed");
        stage.Stories.Seat(order, assignmentId, helper);
        var assignment = await stage.Web.GetAsync(captain ?? helper.Person, "/assignments/{}", assignmentId);
        if (assignment.IsYes)
        {
            if (TownBuilder.Tells(assignment))
            {
                stage.Revealed.Add(Id.ParseOrNone(order.OrderId));
            }

            Plan(new Seat(order, assignmentId, helper, captain, key, assignment.Time("windowStart"), assignment.Time("windowEnd")));
        }
    }

    /// <summary>What will become of her yes.</summary>
    private void Plan(Seat seat)
    {
        var (chance, options, key) = (stage.Chance, stage.Options, seat.Key);
        var fate = chance.Of(key + " fate");
        if (fate < options.Release + options.Reassign)
        {
            var when = stage.Now + (seat.Start - stage.Now) * chance.Of(key + " changes her mind");
            stage.At(when, key + " cannot come", () => fate < options.Release ? ReleaseAsync(seat) : dispatchers.ReassignAsync(seat));
            return;
        }

        if ((fate -= options.Release + options.Reassign) < options.NoShow)
        {
            if (chance.Is(key + " is not forgiven", options.Suspend))
            {
                stage.At(seat.Start.AddHours(3), key + " is not forgiven", () => SuspendAsync(seat));
            }

            // One in four comes when nobody waits for her any more.
            if (chance.Is(key + " comes much too late", 0.25))
            {
                stage.At(seat.Start.AddMinutes(40), key + " comes", () => CheckInAsync(seat));
            }

            return;
        }

        if (seat.Captain is null && chance.Is(key + " rings before", 0.1))
        {
            stage.At(seat.Start.AddMinutes(-40), key + " rings", () => stage.Web.PostAsync(
                seat.Helper.Person, "/assignments/{}/call", seat.AssignmentId, null, "contact_closed", "nothing_to_reveal"));
        }

        var late = (fate -= options.NoShow) < options.Late;
        var minutes = late ? 2 + 25 * chance.Of(key + " how late") : -15 * chance.Of(key + " how early");
        stage.At(seat.Start.AddMinutes(minutes), key + " comes", () => CheckInAsync(seat));
    }

    /// <summary>For three days; a third of them ring and are forgiven after one.</summary>
    private async Task SuspendAsync(Seat seat)
    {
        var (admin, key) = (stage.Town.SiteAdminOf(seat.Helper.Home), seat.Key + " is forgiven");
        var answer = await stage.Web.PostAsync(
            admin, "/volunteers/{}/suspend", seat.Helper.Id, new { reason = "Did not come and did not ring.", until = stage.Now.AddDays(3) }, "volunteer_not_active");
        if (answer.IsYes && stage.Chance.Is(key, 0.33))
        {
            stage.After(TimeSpan.FromDays(1), key, () => stage.Web.PostAsync(
                admin, "/volunteers/{}/resume", seat.Helper.Id, new { reason = "She was in hospital." }, "volunteer_not_suspended"));
        }
    }

    private async Task ReleaseAsync(Seat seat)
    {
        var answer = await stage.Web.PostAsync(
            seat.Captain ?? seat.Helper.Person, "/assignments/{}/release", seat.AssignmentId, new { reason = "Cannot come after all" },
            "assignment_state_wrong", "release_too_late");
        if (answer.IsYes)
        {
            stage.Web.Remember(seat.AssignmentId, "Released");
        }
    }

    /// <summary>By the code that is told at the door, by the phone's place, by both, or on the captain's word; a few mistype the code first.</summary>
    private async Task CheckInAsync(Seat seat)
    {
        var (chance, key) = (stage.Chance, seat.Key);
        var way = chance.Of(key + " shows");
        var code = way < 0.7 && !seat.IsVouchedFor ? await CodeAsync(seat.Order) : null;
        if (code is not null && chance.Is(key + " mistypes", 0.03))
        {
            await stage.Web.PostAsync(
                seat.Helper.Person, "/assignments/{}/check-in", seat.AssignmentId, new { serviceCode = "000000" }, [.. NotToday, "service_code_wrong"]);
        }

        object shown = seat.IsVouchedFor ? new { } : new { serviceCode = code, place = code is null || way > 0.5 ? Near(seat) : null };
        var answer = await stage.Web.PostAsync(Speaker(seat), "/assignments/{}/check-in", seat.AssignmentId, shown, NotToday);
        if (!answer.IsYes)
        {
            return;
        }

        stage.Web.Remember(seat.AssignmentId, "CheckedIn");
        if (!chance.Is(key + " forgets to check out", stage.Options.ForgetCheckOut))
        {
            var leaves = seat.Start + (seat.End - seat.Start) * (0.8 + 0.35 * chance.Of(key + " leaves"));
            stage.At(leaves > stage.Now ? leaves : stage.Now.AddMinutes(10), key + " leaves", () => CheckOutAsync(seat, code));
        }
    }

    private async Task CheckOutAsync(Seat seat, string? code)
    {
        var place = stage.Chance.Is(seat.Key + " has the phone out", 0.6) ? Near(seat) : null;
        object shown = seat.IsVouchedFor ? new { } : new { serviceCode = code, place };
        var answer = await stage.Web.PostAsync(
            Speaker(seat), "/assignments/{}/check-out", seat.AssignmentId, shown, "checked_out_already", "assignment_state_wrong");
        if (answer.IsYes)
        {
            stage.Web.Remember(seat.AssignmentId, "CheckedOut");
        }
    }

    private static Person Speaker(Seat seat) => seat.IsVouchedFor ? seat.Captain! : seat.Helper.Person;

    private async Task<string?> CodeAsync(OrderStory order)
    {
        var answer = await stage.Web.GetAsync(order.Story.Speaker, "/orders/{}/service-code", order.OrderId, "service_code_closed");
        return answer.IsYes ? answer.Text("serviceCode") : null;
    }

    private object Near(Seat seat)
    {
        var place = seat.Order.Elsewhere ?? stage.Town.Areas.PlaceOf(seat.Order.Story.Request);
        var (north, east) = (stage.Chance.Bell(seat.Key + " north") * 0.0003, stage.Chance.Bell(seat.Key + " east") * 0.0003);
        return new { lat = place.Lat + north, lng = place.Lng + east, datum = "wgs84", accuracyM = 15.0 };
    }
}

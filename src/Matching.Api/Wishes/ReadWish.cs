using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Geography;
using Matching.Orders;
using Matching.Partners;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Api.Wishes;

public sealed record ReadWishRequest(Id WishId);

/// <summary>A wish with what became of it.</summary>
public sealed record WishResponse : IVersioned
{
    public required Id Id { get; init; }

    public required int Version { get; init; }

    public required WishState State { get; init; }

    /// <summary>Of a merged wish, the state of the wish at the end of the chain; otherwise its own.</summary>
    public required WishState ShownState { get; init; }

    public required Id SiteId { get; init; }

    public required Id ResidentId { get; init; }

    public required WishChannel Channel { get; init; }

    public Id? MeetingId { get; init; }

    /// <summary>The partner's own, where a partner handed it in.</summary>
    public string? Reference { get; init; }

    public Id? MenuItemId { get; init; }

    public required string Words { get; init; }

    public required PlaceOnWire Place { get; init; }

    /// <summary>Null once the wish is over, and for whoever has no business with it.</summary>
    public string? Address { get; init; }

    public required WindowOnWire Window { get; init; }

    public required Urgency Urgency { get; init; }

    public Gender? GenderWanted { get; init; }

    public string? LanguageWanted { get; init; }

    /// <summary>The curator's account, for staff.</summary>
    public Id? LeasedBy { get; init; }

    public DateTimeOffset? LeasedUntil { get; init; }

    public string? Question { get; init; }

    public string? Answer { get; init; }

    /// <summary>Why it was rejected or taken back.</summary>
    public string? Reason { get; init; }

    public string? ReferredTo { get; init; }

    public Id? MergedInto { get; init; }

    public required bool Appealed { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>How many of its orders were served, and how many there are.</summary>
    public required int OrdersServed { get; init; }

    public required int OrdersTotal { get; init; }

    public required IReadOnlyList<OrderOfWish> Orders { get; init; }

    public required IReadOnlyList<WishStep> Timeline { get; init; }

    /// <summary>A change of state. The account is for staff only, and so is the name of the colleague who did it.</summary>
    public sealed record WishStep(WishState? From, WishState To, string Deed, string? Reason, string By, Id? AccountId, string? Name, DateTimeOffset At);
}

/// <summary>An order as those see it who asked for it. Before somebody has accepted nothing is said of volunteers, and after it is over nothing any more.</summary>
public sealed record OrderOfWish(
    Id Id, OrderState State, WindowOnWire Window, Urgency Urgency, int PeopleWanted, int SeatsFilled, IReadOnlyList<VolunteerOfWish> Volunteers);

/// <summary>Who comes: a name to ask for at the door, and a phone to recognise.</summary>
public sealed record VolunteerOfWish(string Name, string? Phone);

/// <summary>A wish with its orders and its timeline, for the resident, whoever asked, and the staff that look after it.</summary>
public sealed class ReadWish(WishStore wishes, WishOrderStore orders, Database database, Timeline timeline, Reveals reveals, Vault vault, Caller caller)
    : Endpoint<ReadWishRequest, WishResponse>
{
    public override void Configure()
    {
        Get("/wishes/{wishId}");
        Allow(Role.Resident, Role.Proxy, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        AllowPartners(PartnerScope.WishesRead);
        Refuses(Refusals.WishUnknown);
    }

    protected override async Task<Outcome<WishResponse>> RunAsync(ReadWishRequest request, CancellationToken ct)
    {
        var theirs = await wishes.FindTheirsAsync(database, caller, request.WishId);
        if ((theirs ?? await wishes.FindInReachAsync(database, caller, request.WishId)) is not { } wish)
        {
            return Refusals.WishUnknown;
        }

        // Where the resident lives may have come from herself since: a partner is told neither the address nor the place as it is.
        var address = wish.State.IsOpen() && caller.Partner is null ? vault.OpenIfAny(wish.AddressSealed) : null;
        var coming = theirs is null || caller.Partner?.Scopes.Contains(PartnerScope.VolunteersRead) == false ? [] : await orders.ComingAsync(wish.Id);
        if (coming.Count > 0 || (address is not null && theirs is null))
        {
            await database.WriteAsync(tx => RevealAsync(tx, wish, address is not null && theirs is null, coming), ct);
        }

        var steps = await timeline.OfAsync(wish.Id);
        return new WishResponse
        {
            Id = wish.Id,
            Version = wish.Version,
            State = wish.State,
            ShownState = await wishes.ShownStateAsync(wish),
            SiteId = wish.SiteId,
            ResidentId = wish.ResidentId,
            Channel = wish.Channel,
            MeetingId = wish.MeetingId,
            Reference = wish.PartnerReference,
            MenuItemId = wish.MenuItemId,
            Words = wish.Words,
            Place = caller.Partner is null ? new PlaceOnWire(wish.Lat, wish.Lng, Datum.Wgs84, wish.AccuracyM) : PlaceOnWire.Of(Places.Blur(wish.Place)),
            Address = address,
            Window = WindowOnWire.Of(wish.Window),
            Urgency = wish.Urgency,
            GenderWanted = wish.GenderWanted,
            LanguageWanted = wish.LanguageWanted,
            LeasedBy = caller.IsStaff ? wish.LeasedBy : null,
            LeasedUntil = caller.IsStaff ? wish.LeasedUntil : null,
            Question = wish.Question,
            Answer = wish.Answer,
            Reason = wish.Reason,
            ReferredTo = wish.ReferredTo,
            MergedInto = caller.IsStaff ? wish.MergedInto : null,
            Appealed = wish.Appealed,
            SubmittedAt = wish.SubmittedAt,
            OrdersServed = wish.OrdersServed,
            OrdersTotal = wish.OrdersTotal,
            Orders = [.. (await orders.OfAsync(wish.Id)).Select(order => Show(order, coming))],
            Timeline =
            [
                .. steps.Select(step => new WishResponse.WishStep(
                    step.FromState is { } from ? Enum.Parse<WishState>(from) : null, Enum.Parse<WishState>(step.ToState), step.Deed, step.Reason, step.Role,
                    caller.IsStaff ? step.AccountId : null, caller.IsStaff ? step.Name : null, step.HappenedAt)),
            ],
        };
    }

    private async Task RevealAsync(Transaction tx, WishRow wish, bool address, IReadOnlyList<ComingRow> coming)
    {
        if (address)
        {
            await reveals.AddAsync(tx, wish.ResidentId, caller, "address", wish.Id);
        }

        foreach (var one in coming)
        {
            await reveals.AddAsync(tx, one.VolunteerId, caller, "name, masked phone", one.OrderId);
        }
    }

    private OrderOfWish Show(OrderOfWishRow order, IReadOnlyList<ComingRow> coming) => new(
        order.Id,
        order.State,
        new WindowOnWire(order.WindowStart, order.WindowEnd),
        order.Urgency,
        order.PeopleWanted,
        order.SeatsFilled,
        [.. coming.Where(one => one.OrderId == order.Id).Select(one => new VolunteerOfWish(one.Name, Mask(one.PhoneSealed)))]);

    private string? Mask(string? phoneSealed) => vault.OpenIfAny(phoneSealed) is { } text && PhoneNumber.TryParse(text, out var phone) ? phone.Masked : null;
}

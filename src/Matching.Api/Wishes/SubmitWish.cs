using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <summary>A wish as somebody puts it.</summary>
/// <param name="Words">As they were said; kept as they came.</param>
/// <param name="Window">When it should be served.</param>
/// <param name="ResidentId">For whom; left out by a resident who asks for herself.</param>
/// <param name="Channel">MiniProgram, app or proxy; meetings and partners have doors of their own.</param>
/// <param name="MenuItemId">An item of the menu. One that needs no curation becomes an order at once.</param>
/// <param name="Place">Where; left out: where the resident lives.</param>
/// <param name="Address">In words, for whoever comes; kept sealed.</param>
/// <param name="Urgency">Left out: as the menu item says. Proxies may raise it to Urgent, staff to Critical.</param>
/// <param name="GenderWanted">Of whoever comes, where the item allows asking.</param>
/// <param name="LanguageWanted">A language tag such as yue, where the item allows asking.</param>
/// <param name="SiteId">For staff: a station other than the resident's own.</param>
public sealed record SubmitWishRequest(
    string Words,
    WindowOnWire Window,
    Id? ResidentId = null,
    WishChannel? Channel = null,
    Id? MenuItemId = null,
    PlaceOnWire? Place = null,
    string? Address = null,
    Urgency? Urgency = null,
    Gender? GenderWanted = null,
    string? LanguageWanted = null,
    Id? SiteId = null);

/// <summary>What became of a new wish.</summary>
/// <param name="Id">The wish.</param>
/// <param name="State">Submitted; or Ordered, where its menu item needs no curation.</param>
/// <param name="Urgency">As it was taken: a Scheduled wish made too late is more urgent.</param>
/// <param name="OrderIds">The orders that it became at once, if any.</param>
/// <param name="SiteId">The station that looks after it.</param>
/// <param name="ResidentId">For whom it is.</param>
/// <param name="Version">Also the ETag.</param>
public sealed record SubmitWishResponse(Id Id, WishState State, Urgency Urgency, IReadOnlyList<Id> OrderIds, Id SiteId, Id ResidentId, int Version) : IVersioned
{
    public static SubmitWishResponse Of(WishRow wish, IReadOnlyList<Id> orderIds) =>
        new(wish.Id, wish.State, wish.Urgency, orderIds, wish.SiteId, wish.ResidentId, wish.Version);
}

public sealed class SubmitWishValidator : AbstractValidator<SubmitWishRequest>
{
    public SubmitWishValidator()
    {
        RuleFor(r => r.Words).NotEmpty().MaximumLength(4_000);
        RuleFor(r => r.Window).Forwards();
        RuleFor(r => r.Place).OnEarth();
        RuleFor(r => r.Address).Length(1, WishLimits.Address);
        RuleFor(r => r.LanguageWanted).Length(2, 20);
        RuleFor(r => r.Channel).Must(channel => channel is not (WishChannel.Meeting or WishChannel.Partner)).Refuse(Refusals.WishChannelWrong);
    }
}

/// <summary>How long texts of a wish may be, in UTF-16 units, and how many wishes come at once.</summary>
public static class WishLimits
{
    /// <summary>Three bytes each, sealed and in base64, fit into their column.</summary>
    public const int Address = 300;

    /// <summary>So many are answered within the seconds that a caller waits.</summary>
    public const int MostInOneCall = 1_000;

    /// <summary>Room for 8 KiB a wish; a wish in Chinese with its resident takes half of one.</summary>
    public const int BytesInOneCall = 8 * 1024 * 1024;

    /// <summary>No more wishes than one call may bring.</summary>
    public static IRuleBuilderOptions<T, IReadOnlyList<TWish>> InOneCall<T, TWish>(this IRuleBuilder<T, IReadOnlyList<TWish>> rule) =>
        rule.Must(wishes => wishes.Count <= MostInOneCall).Refuse(Refusals.WishesTooMany);
}

/// <summary>Somebody asks for something, for herself or for a resident whom she may ask for.</summary>
public sealed class SubmitWish(IntakeStore intake, Database database, Caller caller) : Endpoint<SubmitWishRequest, SubmitWishResponse>
{
    public override void Configure()
    {
        Post("/wishes");
        Allow(Role.Resident, Role.Proxy, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Creates();
        Refuses(
            Refusals.ResidentUnknown, Refusals.SiteUnknown, Refusals.SiteClosed, Refusals.MenuItemUnknown, Refusals.MenuItemRetired, Refusals.WindowBackwards,
            Refusals.WindowInPast, Refusals.WindowTooFar, Refusals.PlaceOffEarth, Refusals.UrgencyNotYours, Refusals.GenderNotAsked, Refusals.LanguageNotAsked,
            Refusals.WishChannelWrong);
    }

    protected override Task<Outcome<SubmitWishResponse>> RunAsync(SubmitWishRequest request, CancellationToken ct)
    {
        var asked = new AskedWish(
            request.ResidentId, request.Channel, null, request.Words, request.Place, request.Address, request.MenuItemId, request.Window.ToWindow(),
            request.Urgency, request.GenderWanted, request.LanguageWanted, request.SiteId);
        return database.WriteAsync(tx => intake.TakeAsync(tx, caller, asked), ct);
    }
}

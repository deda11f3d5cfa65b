using FluentValidation;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Residents;
using Matching.Api.Volunteers;
using Matching.Api.Wishes;
using Matching.Partners;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Api.Partners;

/// <summary>A wish that came in at a partner. The resident is named by an id of an earlier answer, or described.</summary>
/// <param name="Reference">The partner's own, one of a kind: the number of the case. The second wish with it is found, not made.</param>
/// <param name="Words">As they were said; kept as they came.</param>
/// <param name="Window">When it should be served.</param>
/// <param name="ResidentId">For whom, where an earlier answer said it.</param>
/// <param name="Resident">For whom, where it is somebody new or known by the partner's own reference.</param>
/// <param name="MenuItemId">An item of the menu. One that needs no curation becomes an order at once.</param>
/// <param name="Place">Where; left out: where the resident lives.</param>
/// <param name="Address">In words, for whoever comes; kept sealed.</param>
/// <param name="Urgency">Left out: as the menu item says. A partner may raise it to Urgent.</param>
/// <param name="GenderWanted">Of whoever comes, where the item allows asking.</param>
/// <param name="LanguageWanted">A language tag such as yue, where the item allows asking.</param>
public sealed record SubmitPartnerWishRequest(
    string Reference,
    string Words,
    WindowOnWire Window,
    Id? ResidentId = null,
    PartnerResident? Resident = null,
    Id? MenuItemId = null,
    PlaceOnWire? Place = null,
    string? Address = null,
    Urgency? Urgency = null,
    Gender? GenderWanted = null,
    string? LanguageWanted = null);

/// <summary>A resident as a partner knows her.</summary>
/// <param name="Name">To ask for at the door.</param>
/// <param name="SiteId">Her station, one of those that the partner reaches.</param>
/// <param name="Reference">The partner's own name for her; given again, she is found and nothing else here is read.</param>
/// <param name="Phone">Kept sealed.</param>
/// <param name="Address">Kept sealed.</param>
public sealed record PartnerResident(
    string Name, Id SiteId, string? Reference = null, string? Phone = null, string? Address = null, PlaceOnWire? Place = null, Gender? Gender = null,
    int? BirthYear = null);

/// <summary>What became of a partner's wish.</summary>
/// <param name="Found">There was one with this reference already; this is it, as it is now.</param>
/// <param name="Reference">The partner's own.</param>
/// <param name="OrderIds">The orders that it has become, if any.</param>
public sealed record PartnerWishResponse(
    Id Id, bool Found, string Reference, WishState State, Urgency Urgency, IReadOnlyList<Id> OrderIds, Id SiteId, Id ResidentId, int Version) : IVersioned;

public sealed class PartnerResidentValidator : AbstractValidator<PartnerResident>
{
    public PartnerResidentValidator()
    {
        RuleFor(r => r.Name).NotEmpty().MaximumLength(60);
        RuleFor(r => r.Reference).Length(1, PartnerTerms.LongestReference);
        RuleFor(r => r.Phone).OptionalPhone();
        RuleFor(r => r.Address).MaximumLength(ResidentShapes.LongestAddress);
        RuleFor(r => r.Place).OnEarth();
        RuleFor(r => r.BirthYear).BirthYear();
    }
}

public sealed class SubmitPartnerWishValidator : AbstractValidator<SubmitPartnerWishRequest>
{
    public SubmitPartnerWishValidator()
    {
        RuleFor(r => r.Reference).NotEmpty().MaximumLength(PartnerTerms.LongestReference);
        RuleFor(r => r.Words).NotEmpty().MaximumLength(4_000);
        RuleFor(r => r.Window).Forwards();
        RuleFor(r => r.Resident).NotNull().When(r => r.ResidentId is null);
        RuleFor(r => r.Resident).Null().When(r => r.ResidentId is not null);
        RuleFor(r => r.Resident!).SetValidator(new PartnerResidentValidator()).When(r => r.Resident is not null);
        RuleFor(r => r.Place).OnEarth();
        RuleFor(r => r.Address).Length(1, WishLimits.Address);
        RuleFor(r => r.LanguageWanted).Length(2, 20);
    }
}

/// <summary>A partner hands in a wish of somebody. The same reference again, however often and at once, finds the wish that there is.</summary>
public sealed class SubmitPartnerWish(PartnerIntakeStore intake, Database database, Caller caller) : Endpoint<SubmitPartnerWishRequest, PartnerWishResponse>
{
    /// <summary>What can be wrong with a wish of a partner.</summary>
    internal static readonly Refusal[] WhatCanBeWrong =
    [
        Refusals.ResidentUnknown, Refusals.SiteUnknown, Refusals.SiteClosed, Refusals.MenuItemUnknown, Refusals.MenuItemRetired, Refusals.WindowBackwards,
        Refusals.WindowInPast, Refusals.WindowTooFar, Refusals.PlaceOffEarth, Refusals.UrgencyNotYours, Refusals.GenderNotAsked, Refusals.LanguageNotAsked,
        Refusals.PhoneInvalid,
    ];

    public override void Configure()
    {
        Post("/partner/wishes");
        AllowPartners(PartnerScope.WishesWrite);
        Refuses(WhatCanBeWrong);
    }

    protected override async Task<Outcome<PartnerWishResponse>> RunAsync(SubmitPartnerWishRequest request, CancellationToken ct)
    {
        try
        {
            return await database.WriteAsync(tx => intake.TakeAsync(tx, caller, request), ct);
        }
        catch (SomebodyWasFirstException)
        {
            // The same reference at the same moment: by now it is there to be found.
            return await database.WriteAsync(tx => intake.TakeAsync(tx, caller, request), ct);
        }
    }
}

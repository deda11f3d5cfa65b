using FluentValidation;
using Matching.Accounts;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <param name="WishId">The wish.</param>
/// <param name="Order">What is different from the wish and its menu item; nothing, if left out.</param>
/// <param name="With">Other wishes that the same order serves, each claimed by the same curator: ten who want to learn the phone, one lesson.</param>
public sealed record CurateWishRequest(Id WishId, OrderDraft? Order = null, IReadOnlyList<Id>? With = null);

/// <summary>The order that was made, and the wishes that it is for.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="OrderState">Ready; or Draft, where the risk asks for a second person.</param>
/// <param name="Wishes">The wishes, the first first.</param>
public sealed record CurateWishResponse(Id OrderId, Matching.Orders.OrderState OrderState, IReadOnlyList<WishMovedResponse> Wishes);

public sealed class CurateWishValidator : AbstractValidator<CurateWishRequest>
{
    public CurateWishValidator()
    {
        RuleFor(r => r.Order!).SetValidator(new OrderDraftValidator()).When(r => r.Order is not null);
        RuleFor(r => r.With).Must(with => with is null || with.Count <= 49).Refuse(Refusals.FieldTooLong);
    }
}

/// <summary>A curator turns a wish into an order, or several wishes into one.</summary>
public sealed class CurateWish(WishStore wishes, CurationStore curation, Database database, Caller caller, TimeProvider clock)
    : Endpoint<CurateWishRequest, CurateWishResponse>
{
    public override void Configure()
    {
        Post("/wishes/{wishId}/curate");
        Allow(Role.Curator, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(
            Refusals.WishUnknown, Refusals.WishNotClaimed, Refusals.WishClaimedByOther, Refusals.WishLeaseLapsed, Refusals.WishStateWrong,
            Refusals.MenuItemNeeded, Refusals.MenuItemUnknown, Refusals.MenuItemRetired, Refusals.GenderNotAsked, Refusals.LanguageNotAsked,
            Refusals.PeopleNeededAboveWanted, Refusals.WindowBackwards, Refusals.WindowInPast, Refusals.WindowTooFar, Refusals.PlaceOffEarth);
    }

    protected override Task<Outcome<CurateWishResponse>> RunAsync(CurateWishRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            Id[] ids = [request.WishId, .. request.With ?? []];
            // Held in the order of their ids, so that two curators with overlapping lists do not wait for each other.
            var held = new Dictionary<Id, WishRow>();
            foreach (var id in ids.Distinct().Order())
            {
                if (await wishes.HoldInReachAsync(tx, caller, id) is not { } row)
                {
                    return id == request.WishId ? Refusals.WishUnknown : Refusals.WishUnknown.At("with");
                }

                held[id] = row;
            }

            List<WishRow> made = [.. ids.Distinct().Select(id => held[id])];
            foreach (var row in made)
            {
                if (row.CenterId != made[0].CenterId)
                {
                    return Refusals.WishUnknown.At("with");
                }

                var moved = await wishes.ChangeAsync(tx, row, WishDeed.Order, caller, wish => wish.Order(caller.AccountId, clock.GetUtcNow()));
                if (moved.Refusal is { } refusal)
                {
                    return row.Id == request.WishId ? refusal : refusal.At("with");
                }
            }

            var created = await curation.OrderAsync(tx, made, request.Order ?? new OrderDraft(), caller);
            if (created.Refusal is { } wrong)
            {
                return wrong.Field is { } field ? wrong.At("order." + field) : wrong;
            }

            var after = new List<WishMovedResponse>();
            foreach (var row in made)
            {
                after.Add(await wishes.MovedAsync(tx, row.Id));
            }

            return (Outcome<CurateWishResponse>)new CurateWishResponse(created.Value.OrderId, created.Value.State, after);
        },
        ct);
}

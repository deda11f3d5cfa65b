using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Offers;

namespace Matching.Api.Orders;

/// <summary>The part that knows what comes after the service.</summary>
public sealed partial class OrderStore
{
    private static readonly Sql<ConfirmedRow> SetConfirmed = new(
        "UPDATE orders SET confirmed_at = @Now, confirmed_by = @By, confirmed_how = @How WHERE id = @Id");

    /// <summary>Who said that it was done, and how; nobody when silence said it.</summary>
    public Task ConfirmedAsync(Transaction tx, Id orderId, Id? by, string how) =>
        tx.ExecuteAsync(SetConfirmed, new ConfirmedRow(orderId, clock.GetUtcNow(), by, how));

    // The service is over: nobody is looked for any more, and those who asked for it are asked whether it was done.
    private async Task AskToConfirmAsync(Transaction tx, OrderRow order, Actor actor)
    {
        await offers.EndPendingAsync(tx, order.Id, OfferState.Withdrawn, actor);
        foreach (var wishId in await wishes.WishesOfOrderAsync(tx, order.Id))
        {
            await wishes.TellAsync(tx, (await wishes.FindAsync(tx, wishId))!, "order.confirmPlease", order.Id);
        }
    }

    private sealed record ConfirmedRow(Id Id, DateTimeOffset Now, Id? By, string How);
}

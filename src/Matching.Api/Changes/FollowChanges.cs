using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Changes;
using Matching.Partners;
using Matching.Sites;

namespace Matching.Api.Changes;

/// <summary>From where on, and how long to wait.</summary>
/// <param name="After">The <c>next</c> of the answer before, or the id of the last event; left out: from now on.</param>
/// <param name="Wait">Seconds to wait where there is nothing yet, 30 at most.</param>
/// <param name="SiteId">For staff: only what concerns this site and those below it.</param>
public sealed record FollowChangesRequest(string? After = null, int Wait = 0, Id? SiteId = null);

/// <summary>What has changed, in the order in which it did.</summary>
/// <param name="Items">Empty when nothing did.</param>
/// <param name="Next">Hand it in as <c>after</c>; there always is one.</param>
public record FollowChangesResponse(IReadOnlyList<ChangeOnWire> Items, string Next);

/// <summary>A change. It says that something happened, not what the thing is now: read that where it stands.</summary>
/// <param name="Id">The same for everybody who hears of it, and in webhooks; hearing it twice is hearing it once.</param>
/// <param name="Type">What happened to what, as in wish.ordered, order.inService, offer.pending, assignment.checkedIn.</param>
/// <param name="SubjectId">The wish, order, offer or assignment.</param>
/// <param name="From">The state before; none when it has just come to be.</param>
/// <param name="To">The state now.</param>
/// <param name="OrderId">The order that it is about.</param>
/// <param name="WishIds">The wishes that it is about, as far as they are the caller's.</param>
/// <param name="At">When.</param>
public sealed record ChangeOnWire(Id Id, string Type, Id SubjectId, string? From, string To, Id? OrderId, IReadOnlyList<Id> WishIds, DateTimeOffset At)
{
    public static ChangeOnWire Of(Change change, Viewer viewer) => new(
        change.Id, change.Type, change.SubjectId, Word(change.From), Word(change.To)!, change.OrderId.IsNone ? null : change.OrderId, [.. viewer.WishesOf(change).Select(wish => wish.WishId)], change.At);

    // As the states read everywhere on the wire.
    private static string? Word(string? state) => state is null ? null : char.ToLowerInvariant(state[0]) + state[1..];
}

public sealed class FollowChangesValidator : AbstractValidator<FollowChangesRequest>
{
    public FollowChangesValidator() => RuleFor(r => r.Wait).InclusiveBetween(0, 30);
}

/// <summary>
/// What has changed since: for who asked, her wishes and their orders; for volunteers and captains their offers and assignments; for staff all of their part of
/// the tree; for partners the wishes that they handed in. Waits for something when asked to, and as text/event-stream goes on without end.
/// </summary>
public sealed class FollowChanges(
    ChangeFeed feed, ChangeStore changes, SiteAccess sites, CallerSource callers, Caller caller, MachineClock clock, ChangeSettings settings,
    IHostApplicationLifetime lifetime)
    : Endpoint<FollowChangesRequest, FollowChangesResponse>
{
    internal const string List = "changes";

    public override void Configure()
    {
        Get("/changes");
        Allow(
            Role.Resident, Role.Proxy, Role.Volunteer, Role.Captain, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        AllowPartners(PartnerScope.WishesRead);
        Refuses(Refusals.CursorInvalid, Refusals.SiteUnknown);
    }

    protected override async Task<Outcome<FollowChangesResponse>> RunAsync(FollowChangesRequest request, CancellationToken ct)
    {
        var streams = Web.Request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals(ChangeStream.Type, StringComparison.OrdinalIgnoreCase));
        // A stream that broke off says where, and that is later than where it began.
        var last = streams && Web.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } heard ? heard : request.After;
        var after = Cursor.Read(last, List, 1);
        if (after.Refusal is { } refusal)
        {
            return refusal.At("after");
        }

        var place = 0L;
        if (after.Value is [var text] && (!long.TryParse(text, out place) || place < 0))
        {
            return Refusals.CursorInvalid.At("after");
        }

        var viewer = ViewerOf(caller);
        if (request.SiteId is { } siteId)
        {
            var site = await sites.WithinReachAsync(caller, siteId);
            if (site.Refusal is { } unknown)
            {
                return unknown;
            }

            viewer = new Viewer { Reach = Reach.Of(site.Value.Path) };
        }

        if (after.Value is null)
        {
            place = await changes.NewestAsync();
        }

        if (streams)
        {
            return new ChangeStream(feed, viewer, place, settings.Beat, StillThereAsync, lifetime.ApplicationStopping);
        }

        return after.Value is null ? new FollowChangesResponse([], At(place)) : await PollAsync(viewer, place, TimeSpan.FromSeconds(request.Wait), ct);
    }

    internal static string At(long place) => Cursor.Make(List, place.ToString(System.Globalization.CultureInfo.InvariantCulture));

    internal static Viewer ViewerOf(Caller caller) => caller switch
    {
        { Partner: { } partner } => new Viewer { PartnerId = partner.Id },
        { Role: Role.Volunteer or Role.Captain } => new Viewer { ServerId = caller.SubjectId },
        { Role: Role.Resident } => new Viewer { ResidentId = caller.SubjectId, AccountId = caller.AccountId },
        { Role: Role.Proxy } => new Viewer { AccountId = caller.AccountId },
        _ => new Viewer { Reach = caller.Reach },
    };

    private async Task<FollowChangesResponse> PollAsync(Viewer viewer, long place, TimeSpan wait, CancellationToken ct)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
        if (wait == TimeSpan.Zero)
        {
            var read = await changes.AfterAsync(place);
            return Answer(viewer, new ChangeBatch([.. read.Changes.Where(viewer.Sees)], read.Place));
        }

        var until = TimeProvider.System.GetTimestamp();
        try
        {
            await foreach (var batch in feed.FollowAsync(viewer, place, wait, stopping.Token))
            {
                place = batch.Place;
                if (batch.Changes.Count > 0 || TimeProvider.System.GetElapsedTime(until) >= wait)
                {
                    return Answer(viewer, batch);
                }
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Told to go; whoever asks again gets the rest from another process.
        }

        return new FollowChangesResponse([], At(place));
    }

    private static FollowChangesResponse Answer(Viewer viewer, ChangeBatch batch) =>
        new([.. batch.Changes.Select(change => ChangeOnWire.Of(change, viewer))], At(batch.Place));

    // A stream outlives the moment in which its caller was let in: asked again at every beat, so that a token that runs out and a hat or a key that is taken away end it.
    private async Task<bool> StillThereAsync()
    {
        if (long.TryParse(Web.User.FindFirst("exp")?.Value, out var expires) && clock.Now.ToUnixTimeSeconds() >= expires)
        {
            return false;
        }

        var now = PartnerKey.Read(Web.Request.Headers.Authorization) is { } key ? await callers.FromAsync(key) : await callers.FromAsync(Web.User);
        return !now.IsNobody && now.Role == caller.Role && now.Reach == caller.Reach && (now.Partner is null || now.Partner.Scopes.Contains(PartnerScope.WishesRead));
    }
}

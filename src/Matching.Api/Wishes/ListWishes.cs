using System.Globalization;
using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Sites;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <param name="SiteId">The site whose queue it is, with its subtree; left out: the caller's own.</param>
/// <param name="State">Several are taken; left out: submitted and triaging, which is what there is to do.</param>
/// <param name="Urgency">Only this one.</param>
/// <param name="Text">Only those whose words hold this.</param>
/// <param name="MadeFrom">Only those that were made then or later.</param>
/// <param name="Cursor">From the page before.</param>
/// <param name="Take">How many.</param>
public sealed record ListWishesRequest(
    Id? SiteId = null, IReadOnlyList<WishState>? State = null, Urgency? Urgency = null, string? Text = null, DateTimeOffset? MadeFrom = null,
    string? Cursor = null, int Take = Page<WishInQueue>.Usual);

/// <summary>A wish as its curators see it in a list.</summary>
public sealed record WishInQueue
{
    public required Id Id { get; init; }

    public required int Version { get; init; }

    public required WishState State { get; init; }

    public required Urgency Urgency { get; init; }

    public required string Words { get; init; }

    public required Id SiteId { get; init; }

    public required Id ResidentId { get; init; }

    public Id? MenuItemId { get; init; }

    public required WishChannel Channel { get; init; }

    public Id? MeetingId { get; init; }

    public required WindowOnWire Window { get; init; }

    public required bool Appealed { get; init; }

    /// <summary>The account of the curator who has it now; null when it is free to be taken up.</summary>
    public Id? LeasedBy { get; init; }

    public DateTimeOffset? LeasedUntil { get; init; }

    /// <summary>When something happens to it by itself.</summary>
    public DateTimeOffset? DueAt { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }
}

public sealed class ListWishesValidator : AbstractValidator<ListWishesRequest>
{
    public ListWishesValidator()
    {
        RuleFor(r => r.Text).NotEmpty().MaximumLength(100).When(r => r.Text is not null);
        RuleFor(r => r.Take).InclusiveBetween(1, Page<WishInQueue>.Most);
    }
}

/// <summary>The queue of a site and its subtree, the oldest first, with who is at work on what.</summary>
public sealed class ListWishes(WishListStore lists, SiteStore sites, Caller caller, TimeProvider clock) : Endpoint<ListWishesRequest, Page<WishInQueue>>
{
    public override void Configure()
    {
        Get("/wishes");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.SiteUnknown, Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<WishInQueue>>> RunAsync(ListWishesRequest request, CancellationToken ct)
    {
        if (await sites.FindAsync(request.SiteId ?? caller.SiteId) is not { } site || !caller.Reach.Covers(site.Path))
        {
            return Refusals.SiteUnknown.At("siteId");
        }

        IReadOnlyList<WishState> states = request.State is { Count: > 0 } wanted ? wanted : [WishState.Submitted, WishState.Triaging];
        var list = $"wishes/{site.Id}/{string.Join(',', states)}/{request.Urgency}/{request.Text?.ReplaceLineEndings(" ")}";
        var key = Cursor.Read(request.Cursor, list, 2);
        if (key.Refusal is { } refusal)
        {
            return refusal;
        }

        (DateTimeOffset, Id)? after = key.Value is [var at, var id] && long.TryParse(at, out var milliseconds) && Id.TryParse(id, out var last)
            ? (DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), last)
            : request.MadeFrom is { } from ? (from, Id.None) : null;
        var rows = await lists.QueueAsync(site.CenterId, Reach.Of(site.Path), states, request.Urgency, request.Text, after, request.Take + 1);
        return Page<WishInQueue>.Of(rows, request.Take, Show, row => Cursor.Make(
            list, row.SubmittedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), row.Id.ToString()));
    }

    private WishInQueue Show(WishRow row)
    {
        var leased = row.State == WishState.Triaging && clock.GetUtcNow() < row.LeasedUntil;
        return new WishInQueue
        {
            Id = row.Id,
            Version = row.Version,
            State = row.State,
            Urgency = row.Urgency,
            Words = row.Words,
            SiteId = row.SiteId,
            ResidentId = row.ResidentId,
            MenuItemId = row.MenuItemId,
            Channel = row.Channel,
            MeetingId = row.MeetingId,
            Window = WindowOnWire.Of(row.Window),
            Appealed = row.Appealed,
            LeasedBy = leased ? row.LeasedBy : null,
            LeasedUntil = leased ? row.LeasedUntil : null,
            DueAt = row.DueAt,
            SubmittedAt = row.SubmittedAt,
        };
    }
}

using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Sites;
using Matching.Volunteers;

namespace Matching.Api.Teams;

/// <param name="SiteId">A site within reach, with all below it; the caller's own when nobody says.</param>
/// <param name="Category">Only of this category.</param>
/// <param name="Emergency">Only those that are for emergencies, or only those that are not.</param>
public sealed record ListTeamsRequest(
    Id? SiteId = null, TeamCategory? Category = null, bool? Emergency = null, string? Cursor = null, int Take = Page<Team>.Usual);

public sealed class ListTeamsValidator : AbstractValidator<ListTeamsRequest>
{
    public ListTeamsValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<Team>.Most);
}

/// <summary>The teams within the caller's reach, by name.</summary>
public sealed class ListTeams(TeamStore teams, SiteStore sites, Caller caller) : Endpoint<ListTeamsRequest, Page<TeamLine>>
{
    public override void Configure()
    {
        Get("/teams");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.SiteUnknown, Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<TeamLine>>> RunAsync(ListTeamsRequest request, CancellationToken ct)
    {
        if (await sites.FindAsync(request.SiteId ?? caller.SiteId) is not { } site || !caller.Reach.Covers(site.Path))
        {
            return Refusals.SiteUnknown.At("siteId");
        }

        var list = $"teams/{site.Id}/{request.Category}/{request.Emergency}";
        var after = Cursor.Read(request.Cursor, list, 2);
        if (after.Refused)
        {
            return after.Refusal!;
        }

        var start = after.Value is [var name, var id] ? (name, Id.ParseOrNone(id)) : ("", Id.None);
        var rows = await teams.ListAsync(site.CenterId, Reach.Of(site.Path), request.Category, request.Emergency, start, request.Take + 1);
        return Page<TeamLine>.Of(rows, request.Take, TeamLine.Of, row => Cursor.Make(list, row.NameSort, row.Id.ToString()));
    }
}

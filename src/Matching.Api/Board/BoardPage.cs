using System.Globalization;
using Matching.Api.Catalog;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Microsoft.AspNetCore.Components;

namespace Matching.Api.Board;

/// <summary>What every page has: the words, who looks, the deeds, the clock of the center, and names for ids.</summary>
public abstract class BoardPage : ComponentBase
{
    private readonly Dictionary<Id, string> _siteNames = [];
    private readonly List<SiteChoice> _choices = [];
    private Dictionary<Id, MenuItemResponse>? _menu;
    private TimeZoneInfo _zone = Matching.Policies.Policy.Default.TimeZone;

    [Inject]
    protected Words W { get; set; } = null!;

    [Inject]
    protected Caller Caller { get; set; } = null!;

    [Inject]
    protected BoardDeeds Deeds { get; set; } = null!;

    [Inject]
    protected PolicyStore Policies { get; set; } = null!;

    [Inject]
    protected SiteStore Sites { get; set; } = null!;

    [Inject]
    protected TimeProvider Clock { get; set; } = null!;

    [CascadingParameter]
    protected HttpContext Context { get; set; } = null!;

    protected DateTimeOffset Now { get; private set; }

    /// <summary>The site that the page is about: the one its address names, else the caller's own; the platform's staff begin with the first center. Null: none that the caller reaches.</summary>
    protected SiteResponse? Focus { get; private set; }

    /// <summary>The sites that the page could be about, parents before children.</summary>
    protected IReadOnlyList<SiteChoice> Choices => _choices;

    /// <summary>The page's own address, to come back to.</summary>
    protected string Here => Context.Request.Path + Context.Request.QueryString;

    /// <summary>Loads first and is drawn once. A component that is drawn while it waits for the database would show what it has not got yet.</summary>
    public sealed override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        Now = Clock.GetUtcNow();
        if (!Caller.CenterId.IsNone)
        {
            _zone = (await Policies.CurrentAsync(Caller.CenterId)).TimeZone;
        }

        await LoadAsync();
        await base.SetParametersAsync(ParameterView.Empty);
    }

    /// <summary>Asks for what the page shows.</summary>
    protected virtual Task LoadAsync() => Task.CompletedTask;

    /// <summary>The answer; or null, and the page says that there is nothing of the kind, as a foreign thing looks the same as none.</summary>
    protected T? Or404<T>(Outcome<T> answer)
        where T : class
    {
        if (answer.Refusal is not { } refusal)
        {
            return answer.Value;
        }

        // Only when the page begins to go out: the renderer throws a page away that is called not found before.
        Context.Response.OnStarting(() =>
        {
            Context.Response.StatusCode = Problem.StatusOf(refusal.Kind);
            return Task.CompletedTask;
        });
        return null;
    }

    /// <summary>Finds the site that the page is about, and those that it could be about.</summary>
    protected async Task FocusAsync()
    {
        var asked = Id.ParseOrNone(Context.Request.Query["site"]);
        var centers = Caller.SiteId.IsNone
            ? (await Deeds.AskAsync<Page<SiteResponse>>(new ListSitesRequest(Kind: Matching.Sites.SiteKind.Center, Take: Page<SiteResponse>.Most))).Value.Items
            : [];
        var named = asked.IsNone ? null : await Sites.FindAsync(asked);
        var top = Caller.SiteId.IsNone ? named?.CenterId ?? centers.Select(center => center.Id).FirstOrDefault() : Caller.SiteId;
        _choices.AddRange(centers.Where(center => center.Id != top).Select(center => new SiteChoice(center, 0)));
        if (await Deeds.AskAsync<SiteTreeResponse>(new ShowSiteTreeRequest(top)) is { Refused: false } tree)
        {
            Choose(tree.Value, 0);
        }

        Focus = _choices.FirstOrDefault(choice => choice.Site.Id == (asked.IsNone ? top : asked))?.Site;
        if (Focus is null)
        {
            Context.Response.OnStarting(() =>
            {
                Context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            });
        }
    }

    protected async Task<string> SiteNameAsync(Id id)
    {
        if (!_siteNames.TryGetValue(id, out var name))
        {
            name = (await Sites.FindAsync(id))?.Name ?? id.ToString();
            _siteNames[id] = name;
        }

        return name;
    }

    protected async Task<IReadOnlyDictionary<Id, MenuItemResponse>> MenuAsync()
    {
        if (_menu is null)
        {
            _menu = [];
            string? cursor = null;
            do
            {
                var page = await Deeds.AskAsync<Page<MenuItemResponse>>(
                    new ListMenuItemsRequest(CenterId: CenterId.IsNone ? null : CenterId, Retired: true, Cursor: cursor, Take: Page<MenuItem>.Most));
                if (page.Refused)
                {
                    break;
                }

                foreach (var item in page.Value.Items)
                {
                    _menu[item.Id] = item;
                }

                cursor = page.Value.Next;
            }
            while (cursor is not null);
        }

        return _menu;
    }

    protected string NameOf(MenuItemResponse item) => W.English ? item.NameEn : item.NameZh;

    /// <summary>What a menu is whose: the caller's center, for the platform that of the site in focus.</summary>
    protected Id CenterId => Caller.CenterId.IsNone ? Focus?.CenterId ?? Id.None : Caller.CenterId;

    protected DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, _zone);

    /// <summary>The instant that a browser's field of day and time means on the center's clock.</summary>
    protected DateTimeOffset At(DateTime local) => LocalTime.At(DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local), _zone);

    /// <summary>Day and time on the center's clock: today 14:30, or 5-8 14:30.</summary>
    protected string When(DateTimeOffset instant)
    {
        var local = Local(instant);
        var days = DateOnly.FromDateTime(local.Date).DayNumber - DateOnly.FromDateTime(Local(Now).Date).DayNumber;
        var day = days switch
        {
            -1 => W["day.yesterday"],
            0 => W["day.today"],
            1 => W["day.tomorrow"],
            _ when local.Year == Local(Now).Year => local.ToString("M-d", CultureInfo.InvariantCulture),
            _ => local.ToString("yyyy-M-d", CultureInfo.InvariantCulture),
        };
        return $"{day} {local.ToString("HH:mm", CultureInfo.InvariantCulture)}";
    }

    protected string When(DateTimeOffset? instant) => instant is { } it ? When(it) : "–";

    /// <summary>A window: the day once when both ends lie on it.</summary>
    protected string Between(DateTimeOffset start, DateTimeOffset end) =>
        Local(start).Date == Local(end).Date ? $"{When(start)}–{Local(end).ToString("HH:mm", CultureInfo.InvariantCulture)}" : $"{When(start)} – {When(end)}";

    /// <summary>How long ago, or how long still, in the coarsest unit that says enough.</summary>
    protected string Span(TimeSpan span)
    {
        var abs = span.Duration();
        return abs switch
        {
            { TotalMinutes: < 1 } => W["span.now"],
            { TotalHours: < 1 } => W["span.minutes", (int)abs.TotalMinutes],
            { TotalDays: < 2 } => W["span.hours", (int)abs.TotalHours],
            _ => W["span.days", (int)abs.TotalDays],
        };
    }

    protected string Ago(DateTimeOffset? instant) => instant is { } it ? Span(Now - it) : "–";

    /// <summary>Who did something, for a timeline: the role, and of colleagues the name.</summary>
    protected string Who(string role, string? name) => name is null ? W[$"Role.{role}"] : $"{W[$"Role.{role}"]} {name}";

    /// <summary>An instant as it stands in an address of ours.</summary>
    protected static string Exact(DateTimeOffset instant) => instant.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>The instant that a parameter of the address names: exactly, or as a browser's field has it. Null for none.</summary>
    protected DateTimeOffset? Instant(string parameter)
    {
        var text = Context.Request.Query[parameter].ToString();
        return DateTime.TryParseExact(text, "yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? At(local)
            : DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var exact) ? exact : null;
    }

    /// <summary>For a browser's field of day and time.</summary>
    protected string Field(DateTimeOffset instant) => Local(instant).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    /// <summary>A value of an enum as it stands on the wire.</summary>
    protected static string Camel<TEnum>(TEnum value)
        where TEnum : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    protected static string Percent(double? rate) => rate is { } it ? it.ToString("P1", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal) : "–";

    protected static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>This page with another value of a query parameter; null leaves it out. Pages of lists begin anew.</summary>
    protected string With(string parameter, string? value) => With((parameter, value));

    protected string With(params (string Name, string? Value)[] changes)
    {
        var query = Context.Request.Query.Where(pair => pair.Key is not ("cursor" or "done" or "refused" or "field")).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                query.Remove(name);
            }
            else
            {
                query[name] = value;
            }
        }

        return Context.Request.Path + QueryString.Create(query!);
    }

    private void Choose(SiteTreeResponse tree, int depth)
    {
        _choices.Add(new SiteChoice(tree.Site, depth));
        foreach (var below in tree.Below)
        {
            Choose(below, depth + 1);
        }
    }
}

/// <summary>A site that a page can be about.</summary>
/// <param name="Depth">How far below the first one.</param>
public sealed record SiteChoice(SiteResponse Site, int Depth);

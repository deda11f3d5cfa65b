using Matching.Geography;
using Matching.Replay.City;
using Matching.Replay.Http;

namespace Matching.Replay.People;

/// <summary>Somebody who serves.</summary>
public sealed record Helper(Person Person, string Id, Area Home, Place Place);

/// <summary>A team of an area.</summary>
/// <param name="Captain">The captain under her captain's hat; as a volunteer she is one of the members.</param>
/// <param name="Members">By volunteer id.</param>
public sealed record Team(string Key, string Id, Area Area, Person Captain, IReadOnlyDictionary<string, Helper> Members);

/// <summary>Somebody who asks; without an account, somebody asks for her.</summary>
/// <param name="Relative">Somebody with a phone who may ask for her.</param>
public sealed record Asker(string Key, Person? Person, string Id, Area Home, Person? Relative = null);

/// <summary>Who works in an area, by what they do there.</summary>
public sealed record Staff(Area Area, Person? Clerk, Person? Curator, Person? Dispatcher, Person? Admin);

/// <summary>Everything that was made at the service before the first request came.</summary>
public sealed class Town(AreaTree areas)
{
    private readonly Dictionary<string, Person> _byAccount = [];

    public AreaTree Areas { get; } = areas;

    public Dictionary<Area, string> Sites { get; } = [];

    public Dictionary<Area, Staff> Staff { get; } = [];

    /// <summary>By center and code.</summary>
    public Dictionary<(Area Center, string Code), string> Items { get; } = [];

    public List<Helper> Helpers { get; } = [];

    public Dictionary<Area, List<Asker>> Askers { get; } = [];

    /// <summary>By id.</summary>
    public Dictionary<string, Team> Teams { get; } = [];

    /// <summary>The curator of an area, or of the nearest area above it that has one.</summary>
    public Person CuratorOf(Area area) => Nearest(area, staff => staff.Curator);

    public Person DispatcherOf(Area area) => Nearest(area, staff => staff.Dispatcher);

    /// <summary>The admin of the center.</summary>
    public Person AdminOf(Area area) => Staff[area.Center].Admin!;

    /// <summary>The admin of the district, or of the center where the area lies under no district.</summary>
    public Person SiteAdminOf(Area area) => Nearest(area, staff => staff.Admin);

    public Area AreaOf(string siteId) => Sites.First(site => site.Value == siteId).Key;

    /// <summary>Somebody other than the curator, who looks over drafts.</summary>
    public Person ReviewerOf(Area area) => DispatcherOf(area);

    public void Know(Person person) => _byAccount[person.AccountId ?? throw new InvalidOperationException($"{person} has not signed in.")] = person;

    public Person? ByAccount(string? accountId) => accountId is not null && _byAccount.TryGetValue(accountId, out var person) ? person : null;

    private Person Nearest(Area area, Func<Staff, Person?> who)
    {
        for (var at = area; ; at = at.Parent ?? throw new InvalidOperationException($"Nobody works for {area}."))
        {
            if (Staff.TryGetValue(at, out var staff) && who(staff) is { } found)
            {
                return found;
            }
        }
    }
}

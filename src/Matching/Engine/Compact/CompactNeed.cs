namespace Matching.Engine.Compact;

/// <summary>A need in the numbers of a store: which of its skills, languages and sites are meant. Made once a question.</summary>
internal sealed class CompactNeed
{
    private const short Not = -1;

    // A list for each skill asked for while few count as it, else a table by number.
    private readonly (ushort Number, short Steps)[][] _few;
    private readonly short[]?[] _many;
    private readonly bool[] _languages;
    private readonly SiteTable.Order _sites;
    private readonly HashSet<Id>? _blocked;
    private readonly HashSet<Id>? _asked;
    private readonly HashSet<Id>? _pickMe;

    public CompactNeed(PreparedNeed prepared, CompactStore store, SiteTable.Order sites)
    {
        var need = prepared.Need;
        (Prepared, _sites) = (prepared, sites);
        Pools = sites.Subtrees(need.Pools);
        _few = new (ushort, short)[need.Skills.Length][];
        _many = new short[]?[need.Skills.Length];
        for (var required = 0; required < need.Skills.Length; required++)
        {
            var counting = new (ushort Number, short Steps)[need.Skills[required].CountsAs.Count];
            var count = 0;
            foreach (var (skill, steps) in need.Skills[required].CountsAs)
            {
                if (store.Skills.TryFind(skill, out var number) && number < CompactRow.MostSkills)
                {
                    counting[count++] = ((ushort)number, checked((short)steps));
                }
            }

            _few[required] = count == counting.Length ? counting : counting[..count];
            if (count > 8)
            {
                _many[required] = Table(_few[required]);
            }
        }

        _languages = need.Language is { } language
            ? [.. Enumerable.Range(0, store.Languages.Count).Select(list => store.Languages[list].Items.Contains(language))]
            : [];
        _blocked = SetOf(need.BlockedVolunteers);
        _asked = SetOf(need.AlreadyAsked);
        _pickMe = SetOf(need.PickMe);
    }

    public PreparedNeed Prepared { get; }

    public Need Need => Prepared.Need;

    /// <summary>Labels of the sites whose volunteers may be asked: apart, in order, the ends not included.</summary>
    public (int From, int To)[] Pools { get; }

    public bool IsInPool(int site)
    {
        var label = _sites.LabelOf[site];
        foreach (var (from, to) in Pools)
        {
            if (from <= label && label < to)
            {
                return true;
            }
        }

        return false;
    }

    public int StepsBelow(int skill, int required)
    {
        if (_many[required] is { } table)
        {
            return skill < table.Length ? table[skill] : Not;
        }

        foreach (var (number, steps) in _few[required])
        {
            if (number == skill)
            {
                return steps;
            }
        }

        return Not;
    }

    /// <summary>The numbers of the skills that count as a required one.</summary>
    public int[] CountingAs(int required) => Array.ConvertAll(_few[required], skill => (int)skill.Number);

    public bool Speaks(int languages) => languages < _languages.Length && _languages[languages];

    public bool IsBlocked(Id volunteer) => _blocked is not null && _blocked.Contains(volunteer);

    public bool WasAsked(Id volunteer) => _asked is not null && _asked.Contains(volunteer);

    public bool SaidPickMe(Id volunteer) => _pickMe is not null && _pickMe.Contains(volunteer);

    private static short[] Table((ushort Number, short Steps)[] counting)
    {
        var table = new short[counting.Max(skill => skill.Number) + 1];
        Array.Fill(table, Not);
        foreach (var (number, steps) in counting)
        {
            table[number] = steps;
        }

        return table;
    }

    private static HashSet<Id>? SetOf(IReadOnlyCollection<Id> ids) => ids.Count == 0 ? null : [.. ids];
}

using System.Globalization;
using FluentValidation.Results;
using Matching.Api.Plumbing.Http;
using Matching.Geography;

namespace Matching.Api.Imports;

/// <summary>A column that a file may have.</summary>
/// <param name="Name">Its head in English; problems name it by this.</param>
/// <param name="Zh">Its head in Chinese.</param>
public sealed record ImportColumn(string Name, string Zh, bool Needed = false);

/// <summary>Which columns a file has, by its first row.</summary>
public sealed class Head
{
    // Of what somebody typed over a column, so much is said back.
    private const int Shown = 40;

    private readonly Dictionary<string, int> _at;

    private Head(Dictionary<string, int> at) => _at = at;

    /// <summary>Refuses a column that nobody knows, one that stands there twice, and a file without a column that is needed.</summary>
    public static Outcome<Head> Of(IReadOnlyList<string> head, IReadOnlyList<ImportColumn> known)
    {
        var at = new Dictionary<string, int>();
        for (var i = 0; i < head.Count; i++)
        {
            var typed = head[i].Trim();
            var column = known.FirstOrDefault(column => column.Name.Equals(typed, StringComparison.OrdinalIgnoreCase) || column.Zh == typed);
            if (column is null || !at.TryAdd(column.Name, i))
            {
                return Refusals.ImportColumnUnknown.At(typed.Length <= Shown ? typed : typed[..Shown]);
            }
        }

        var missing = known.FirstOrDefault(column => column.Needed && !at.ContainsKey(column.Name));
        return missing is null ? new Head(at) : Refusals.ImportColumnMissing.At(missing.Name);
    }

    public int? IndexOf(string column) => _at.TryGetValue(column, out var i) ? i : null;

    public string? NameOf(int index) => _at.FirstOrDefault(column => column.Value == index).Key;
}

/// <summary>The cells of one row by their columns. What cannot be read is remembered, a problem a column, so that a row is told all that is wrong with it.</summary>
public sealed class Cells
{
    private readonly Head _head;
    private readonly FileRow _row;
    private readonly List<Refusal> _problems = [];

    public Cells(Head head, FileRow row)
    {
        (_head, _row) = (head, row);
        foreach (var broken in row.Broken)
        {
            if (head.NameOf(broken) is { } column)
            {
                Wrong(column, Refusals.ImportCellBroken);
            }
        }
    }

    /// <summary>All that is wrong, each with its column.</summary>
    public IReadOnlyList<Refusal> Problems => _problems;

    public void Wrong(string column, Refusal refusal)
    {
        // The first thing that is wrong with a cell is the cause of the others.
        if (!_problems.Exists(problem => problem.Field == column))
        {
            _problems.Add(refusal.At(column));
        }
    }

    /// <summary>What a validator has found, said of the columns instead of the fields.</summary>
    public void Wrong(ValidationResult found)
    {
        foreach (var failure in found.Errors)
        {
            var refusal = Shapes.ToRefusal(failure);
            Wrong(ColumnOf(refusal.Field!), refusal);
        }
    }

    public string Text(string column) => _head.IndexOf(column) is { } i && i < _row.Cells.Length ? _row.Cells[i].Trim() : "";

    public string? OrNull(string column) => Text(column) is { Length: > 0 } text ? text : null;

    /// <summary>Parts of a cell are set apart by semicolons.</summary>
    public IReadOnlyList<string> Parts(string column) =>
        Text(column).Split([';', '；', '、'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public int? Whole(string column) => OrNull(column) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : Wrong<int?>(column, null);

    public DateOnly? Day(string column) => OrNull(column) is not { } text ? null
        : DateOnly.TryParseExact(text, ["yyyy-MM-dd", "yyyy/M/d", "yyyyMMdd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : Wrong<DateOnly?>(column, null);

    public bool YesNo(string column, bool none = false) => Text(column).ToLowerInvariant() switch
    {
        "" => none,
        "no" or "false" or "0" or "否" => false,
        "yes" or "true" or "1" or "是" => true,
        _ => Wrong(column, none),
    };

    /// <summary>A value of an enum by its word, or by what it is called in Chinese or English.</summary>
    public TEnum? Word<TEnum>(string column)
        where TEnum : struct, Enum
    {
        if (OrNull(column) is not { } text)
        {
            return null;
        }

        foreach (var value in Enum.GetValues<TEnum>())
        {
            if (value.ToString().Equals(text, StringComparison.OrdinalIgnoreCase)
                || Languages.BuiltIn.All.Any(language => text.Equals(language.Find($"{typeof(TEnum).Name}.{value}"), StringComparison.OrdinalIgnoreCase)))
            {
                return value;
            }
        }

        return Wrong<TEnum?>(column, null);
    }

    /// <summary>From the columns lat, lng and datum; null where the first two are empty.</summary>
    public PlaceOnWire? Place()
    {
        if (OrNull("lat") is null && OrNull("lng") is null)
        {
            return null;
        }

        var datum = OrNull("datum") is not { } text ? Datum.Wgs84
            : Enum.TryParse<Datum>(text.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var read) && Enum.IsDefined(read) ? read
            : Wrong("datum", Datum.Wgs84);
        return new PlaceOnWire(Degrees("lat"), Degrees("lng"), datum);
    }

    /// <summary>Codes with levels, <c>cooking</c> or <c>cooking:3</c>.</summary>
    public IReadOnlyList<(Id SkillId, int Level)> Skills(string column, IReadOnlyDictionary<string, Id> known) => [.. Parts(column).Select(text =>
    {
        var (code, level) = text.Split([':', '：']) switch
        {
            [var only] => (only.Trim(), 1),
            [var first, var second] when int.TryParse(second.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => (first.Trim(), number),
            _ => (Wrong(column, ""), 1),
        };
        return (One(column, code, known, Refusals.SkillUnknown), level);
    })];

    /// <summary>Codes.</summary>
    public IReadOnlyList<Id> Codes(string column, IReadOnlyDictionary<string, Id> known, Refusal unknown) =>
        [.. Parts(column).Select(code => One(column, code, known, unknown))];

    /// <summary>Remembers that a cell cannot be read, and goes on with something instead.</summary>
    public T Wrong<T>(string column, T instead)
    {
        Wrong(column, Refusals.FieldWrongType);
        return instead;
    }

    private Id One(string column, string code, IReadOnlyDictionary<string, Id> known, Refusal unknown)
    {
        if (known.TryGetValue(code, out var id))
        {
            return id;
        }

        Wrong(column, unknown);
        return Id.None;
    }

    private double Degrees(string column) =>
        double.TryParse(Text(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : Wrong(column, 0.0);

    // item.skills[0].level stands in the column skills.
    private static string ColumnOf(string field)
    {
        var name = field.StartsWith("item.", StringComparison.Ordinal) ? field["item.".Length..] : field;
        name = name.Split('.', '[')[0];
        return name == "place" ? "lat" : name;
    }
}

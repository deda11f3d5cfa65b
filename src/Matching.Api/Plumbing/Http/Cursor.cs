using System.Buffers.Text;
using System.Text;

namespace Matching.Api.Plumbing.Http;

/// <summary>
/// Where the next page of a list begins: the key of the last row shown, under the name of the list. Opaque to callers; refused by every other list.
/// The name says the list and whatever filter changes its order or its rows, for example <c>orders/sit_01…/ready</c>.
/// </summary>
public static class Cursor
{
    private const char Between = '\n';

    public static string Make(string list, params IReadOnlyList<string> key) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join(Between, [list, .. key])));

    /// <summary>The key of <paramref name="parts"/> texts; null for the first page.</summary>
    public static Outcome<string[]?> Read(string? cursor, string list, int parts)
    {
        if (cursor is null)
        {
            return (string[]?)null;
        }

        if (!Base64Url.IsValid(cursor))
        {
            return Refusals.CursorInvalid.At("cursor");
        }

        var texts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(Between);
        return texts.Length == parts + 1 && texts[0] == list ? texts[1..] : Refusals.CursorInvalid.At("cursor");
    }

    /// <summary>The same for a list that is ordered by id alone; no id for the first page.</summary>
    public static Outcome<Id?> ReadId(string? cursor, string list)
    {
        var key = Read(cursor, list, 1);
        if (key.Refusal is { } refusal)
        {
            return refusal;
        }

        return key.Value switch
        {
            null => (Outcome<Id?>)(Id?)null,
            [var text] when Id.TryParse(text, out var id) => (Id?)id,
            _ => Refusals.CursorInvalid.At("cursor"),
        };
    }
}

/// <summary>One page of a list, and the cursor of the next; no cursor on the last page.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
{
    /// <summary>The most that one page holds.</summary>
    public const int Most = 100;

    /// <summary>What is shown when nobody says how much.</summary>
    public const int Usual = 50;

    /// <summary>Makes a page of rows that were read with <c>take + 1</c>: the one too many says that there is more.</summary>
    public static Page<T> Of<TRow>(IReadOnlyList<TRow> rows, int take, Func<TRow, T> show, Func<TRow, string> cursor) => new(
        rows.Take(take).Select(show).ToList(), rows.Count > take ? cursor(rows[take - 1]) : null);
}

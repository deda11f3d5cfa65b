using Matching.Replay.Http;
using Matching.Replay.People;

namespace Matching.Replay.Playing;

/// <summary>What everybody who plays has at hand.</summary>
public sealed record Stage(Web Web, Options Options, Chance Chance, Agenda Agenda, FieldTime Time, Town Town, Stories Stories)
{
    public DateTimeOffset Now => Time.Now;

    /// <summary>What the people saw that must not be, and that no row tells.</summary>
    public System.Collections.Concurrent.ConcurrentBag<string> Broken { get; } = [];

    /// <summary>For which orders a volunteer was shown name and address.</summary>
    public System.Collections.Concurrent.ConcurrentBag<Id> Revealed { get; } = [];

    /// <summary>Somebody will do this after a while.</summary>
    public void After(TimeSpan pause, string key, Func<Task> deed) => At(Now + pause, key, deed);

    /// <summary>Somebody will do this then; at once when that is past.</summary>
    public void At(DateTimeOffset at, string key, Func<Task> deed) => Agenda.Add(Now, at > Now ? at : Now, key, deed);
}

/// <summary>Something that was said to somebody, or to whoever follows the subject.</summary>
public sealed record Notice(string Topic, string SubjectId, Person? To, System.Text.Json.JsonElement Body)
{
    public string Text(string name) => Body.GetProperty(name).GetString()!;

    public string? TextOrNull(string name) => Body.TryGetProperty(name, out var value) ? value.GetString() : null;
}

namespace Matching;

/// <summary>A stretch of time, from its start up to but not including its end.</summary>
public readonly record struct Window(DateTimeOffset Start, DateTimeOffset End)
{
    public TimeSpan Length => End - Start;

    public bool IsForwards => End > Start;

    public bool Overlaps(Window other) => Start < other.End && other.Start < End;

    public bool Contains(Window other) => Start <= other.Start && other.End <= End;

    public bool Contains(DateTimeOffset instant) => Start <= instant && instant < End;
}

namespace Matching;

/// <summary>What kind of no it is; the edge turns it into a status code.</summary>
public enum RefusalKind
{
    /// <summary>The request itself is malformed (400).</summary>
    Invalid,

    /// <summary>Nobody is signed in, or the proof of it is bad (401).</summary>
    Unauthenticated,

    /// <summary>Known, but not allowed (403).</summary>
    Forbidden,

    /// <summary>Absent, or somebody else's, which looks the same (404).</summary>
    Unknown,

    /// <summary>The address does not take this method (405).</summary>
    NotAllowed,

    /// <summary>Somebody was first, or the thing has moved on (409).</summary>
    Conflict,

    /// <summary>Edited meanwhile: the ETag no longer holds (412).</summary>
    Stale,

    /// <summary>Too large (413).</summary>
    TooLarge,

    /// <summary>A content type that is not taken (415).</summary>
    Unsupported,

    /// <summary>Well-formed, and against a rule (422).</summary>
    Rule,

    /// <summary>An If-Match is needed (428).</summary>
    PreconditionMissing,

    /// <summary>Too often (429).</summary>
    TooMany,

    /// <summary>Not now; try again (503).</summary>
    NotReady,

    /// <summary>We are broken, and the caller can do nothing about it (500).</summary>
    Broken,
}

/// <summary>A no that the caller can act on: a stable code, a sentence in two languages, and the field it is about, if any.</summary>
/// <param name="Code">Stable, lower-case with underscores; part of the API.</param>
/// <param name="Kind">What kind of no.</param>
/// <param name="Zh">The sentence in zh-CN.</param>
/// <param name="En">The sentence in English.</param>
public sealed record Refusal(string Code, RefusalKind Kind, string Zh, string En)
{
    /// <summary>The field of the request, in camelCase with dots; null when it is about the whole.</summary>
    public string? Field { get; init; }

    /// <summary>Seconds after which trying again makes sense.</summary>
    public int? RetryAfterSeconds { get; init; }

    public Refusal At(string field) => this with { Field = field };

    public Refusal After(TimeSpan pause) => this with { RetryAfterSeconds = Math.Max(1, (int)Math.Ceiling(pause.TotalSeconds)) };
}

/// <summary>The answer of something that may be refused.</summary>
public interface IOutcome
{
    Refusal? Refusal { get; }

    object? Answer { get; }
}

/// <summary>Nothing more to say than yes.</summary>
public sealed record Done
{
    public static readonly Done It = new();
}

/// <summary>A value, or the refusal that came instead.</summary>
public readonly record struct Outcome<T> : IOutcome
{
    private readonly T? _value;

    private Outcome(T? value, Refusal? refusal) => (_value, Refusal) = (value, refusal);

    public Refusal? Refusal { get; }

    public bool Refused => Refusal is not null;

    /// <summary>The value; asking for it after a refusal is a mistake of the caller's code.</summary>
    public T Value => Refusal is null ? _value! : throw new InvalidOperationException($"Refused: {Refusal.Code}");

    object? IOutcome.Answer => _value;

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);
}

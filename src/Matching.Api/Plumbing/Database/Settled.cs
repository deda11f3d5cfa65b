namespace Matching.Api.Plumbing.Database;

/// <summary>
/// The outcome of a write whose rows stay even where it is a no: a wrong code that has been counted, a family of tokens that has been ended. A bare
/// <see cref="Outcome{T}"/> that refuses takes its rows back. Not for deeds that keep their answer under an idempotency key.
/// </summary>
public sealed record Settled<T>(Outcome<T> Outcome)
{
    public static implicit operator Settled<T>(Outcome<T> outcome) => new(outcome);

    public static implicit operator Settled<T>(Refusal refusal) => new(refusal);
}

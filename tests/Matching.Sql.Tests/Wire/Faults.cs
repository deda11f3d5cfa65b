using System.Collections.Concurrent;

namespace Matching.SqlTests.Wire;

/// <summary>When something goes wrong.</summary>
public enum Moment
{
    /// <summary>In answer to a sign-in.</summary>
    Login,

    /// <summary>In the place of a statement, which is not done.</summary>
    Statement,

    /// <summary>A COMMIT has come and is not done.</summary>
    BeforeCommit,

    /// <summary>A COMMIT is done and its answer is lost.</summary>
    AfterCommit,
}

/// <summary>What a test makes go wrong, once each, in the order in which it was said.</summary>
public sealed class Faults
{
    private readonly ConcurrentQueue<Fault> _planned = new();

    /// <summary>Goes wrong with a number; a statement, where its text holds these words.</summary>
    public void Fail(Moment moment, int number, string words = "", bool rollsBack = false) => _planned.Enqueue(new Fault(moment, words, number, rollsBack));

    /// <summary>The cable is pulled.</summary>
    public void Cut(Moment moment, string words = "") => _planned.Enqueue(new Fault(moment, words, null, false));

    /// <summary>All that was planned has happened.</summary>
    public bool AllHappened => _planned.IsEmpty;

    internal Fault? Next(Moment moment, string text = "") =>
        _planned.TryPeek(out var next) && next.Moment == moment && text.Contains(next.Words, StringComparison.Ordinal) && _planned.TryDequeue(out next) ? next : null;
}

/// <param name="Number">Null: no answer, the connection is gone.</param>
/// <param name="RollsBack">The whole transaction is gone with it, as a deadlock's victim has it.</param>
internal sealed record Fault(Moment Moment, string Words, int? Number, bool RollsBack);

/// <summary>The connection is gone.</summary>
internal sealed class CutException : Exception;

/// <summary>A no that goes to the client as an error with its number.</summary>
internal sealed class ServerException(ServerError error, bool rollsBack = false) : Exception(error.Message)
{
    public ServerError Error => error;

    public bool RollsBack => rollsBack;
}

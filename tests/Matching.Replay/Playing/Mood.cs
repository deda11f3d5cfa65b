namespace Matching.Replay.Playing;

/// <summary>What somebody does who is asked.</summary>
public enum Answer
{
    Yes,
    No,

    /// <summary>She looks and says nothing.</summary>
    Glance,

    Silence,
}

/// <summary>What somebody who is asked does, and how long after.</summary>
public readonly record struct Mood(Answer Answer, TimeSpan Looks, TimeSpan Says)
{
    /// <param name="open">How long the offer stays open.</param>
    public static Mood Of(Stage stage, string key, TimeSpan open)
    {
        var (chance, options) = (stage.Chance, stage.Options);
        var looks = open * Math.Pow(chance.Of(key + " looks"), 2) * 0.5;
        var says = looks + (open - looks) * Math.Pow(chance.Of(key + " thinks"), 2) * 0.9;
        var mood = chance.Of(key + " mood");
        var answer = mood < options.Accept ? Answer.Yes
            : mood < options.Accept + options.Decline ? Answer.No
            : chance.Is(key + " glances", 0.5) ? Answer.Glance : Answer.Silence;
        // A few have the notice lying about until it is too late.
        return new Mood(answer, looks, answer == Answer.Yes && chance.Is(key + " forgets", 0.01) ? open + TimeSpan.FromMinutes(2) : says);
    }
}

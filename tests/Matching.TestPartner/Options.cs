using System.Globalization;

namespace Matching.TestPartner;

/// <summary>What the command line says. Shares are of 1, and hold for both directions.</summary>
public sealed record Options
{
    public int Wishes { get; init; } = 200;

    public int Seed { get; init; } = 12345;

    /// <summary>Half of them on the way, half of them as an answer.</summary>
    public double Drop { get; init; } = 0.05;

    public double Duplicate { get; init; } = 0.05;

    public double Delay { get; init; } = 0.2;

    /// <summary>Held until something later has gone by.</summary>
    public double Reorder { get; init; } = 0.05;

    /// <summary>Deliveries beside which a forged one is sent.</summary>
    public double Tamper { get; init; } = 0.03;

    /// <summary>A server that runs already, in Development; without it one is started, with an empty database of its own.</summary>
    public Uri? Url { get; init; }

    public string AdminUser { get; init; } = "partner-test";

    public string AdminPassword { get; init; } = "Hotline-of-made-up-people-45";

    /// <summary>The partner neither keeps the ids of what it has taken nor repeats under the same key: the run has to end in disagreement.</summary>
    public bool Careless { get; init; }

    public const string Usage =
        """
        A partner platform that was written from the documentation alone, behind a line that loses, delays, doubles, overtakes and forges.

          dotnet run --project tests/Matching.TestPartner -- [options]

          --wishes N          200
          --seed N            another line, other people
          --drop 0.05  --duplicate 0.05  --delay 0.2  --reorder 0.05  --tamper 0.03     shares of all requests and deliveries
          --url http://…      a server that runs already, in Development; it needs
            --admin-user, --admin-password   a platform-admin's
          --careless          a partner that does not do what the documentation asks of it; the run has to fail
        """;

    public static Options Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options();
        for (var i = 0; i < arguments.Count; i++)
        {
            string Value() => ++i < arguments.Count ? arguments[i] : throw new OptionException($"{arguments[i - 1]} needs a value.");
            int Whole() => int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : throw new OptionException($"{arguments[i - 1]} takes a whole number.");
            double Share() => double.TryParse(Value(), NumberStyles.Float, CultureInfo.InvariantCulture, out var x) && x is >= 0 and <= 0.5
                ? x : throw new OptionException($"{arguments[i - 1]} takes a share from 0 to 0.5.");
            options = arguments[i] switch
            {
                "--wishes" => options with { Wishes = Math.Max(1, Whole()) },
                "--seed" => options with { Seed = Whole() },
                "--drop" => options with { Drop = Share() },
                "--duplicate" => options with { Duplicate = Share() },
                "--delay" => options with { Delay = Share() },
                "--reorder" => options with { Reorder = Share() },
                "--tamper" => options with { Tamper = Share() },
                "--url" => options with { Url = new Uri(Value()) },
                "--admin-user" => options with { AdminUser = Value() },
                "--admin-password" => options with { AdminPassword = Value() },
                "--careless" => options with { Careless = true },
                var unknown => throw new OptionException($"There is no option {unknown}."),
            };
        }

        return options;
    }
}

/// <summary>The command line cannot be understood; the message says why.</summary>
public sealed class OptionException(string message) : Exception(message);

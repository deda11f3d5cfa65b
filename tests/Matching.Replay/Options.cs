using System.Globalization;

namespace Matching.Replay;

/// <summary>What the command line says. Rates are shares of 1.</summary>
public sealed record Options
{
    public string File { get; init; } = "";

    /// <summary>How many rows of the file; all of them when left out.</summary>
    public int Limit { get; init; } = int.MaxValue;

    /// <summary>A server that runs already; without it one is started, with an empty database of its own.</summary>
    public Uri? Url { get; init; }

    public string AdminUser { get; init; } = "replay";

    public string AdminPassword { get; init; } = "Town-of-made-up-people-17";

    /// <summary>The database file of a server that was not started here, for the check of its rows.</summary>
    public string? Database { get; init; }

    public int Seed { get; init; } = 20171227;

    /// <summary>For watching: at most so many seconds of the field a real second; none: as fast as it goes.</summary>
    public double? Speed { get; init; }

    /// <summary>None: as many as the rows want, <see cref="VolunteersFor"/>.</summary>
    public int? VolunteersPerStation { get; init; }

    public int ResidentsPerSite { get; init; } = 3;

    public double Accept { get; init; } = 0.35;

    public double Decline { get; init; } = 0.30;

    /// <summary>Of those who accept: give the seat back in time.</summary>
    public double Release { get; init; } = 0.03;

    public double Late { get; init; } = 0.12;

    public double NoShow { get; init; } = 0.04;

    /// <summary>Of those who did not come: are not asked for some days.</summary>
    public double Suspend { get; init; } = 0.25;

    /// <summary>Of those who came: go home without checking out.</summary>
    public double ForgetCheckOut { get; init; } = 0.05;

    public double Confirm { get; init; } = 0.70;

    public double Dispute { get; init; } = 0.02;

    /// <summary>Of those who accept: ring the dispatcher, who asks somebody else instead.</summary>
    public double Reassign { get; init; } = 0.02;

    /// <summary>Of curated wishes: two orders instead of one.</summary>
    public double Split { get; init; } = 0.06;

    /// <summary>Of curated wishes for several people: teams are asked.</summary>
    public double Team { get; init; } = 0.20;

    /// <summary>Of curated wishes: a service of nine or thirteen hours, whose hours somebody has to approve.</summary>
    public double WholeDay { get; init; } = 0.04;

    /// <summary>Of curated wishes: lie on the desk for a while, in case another comes that can be served with them.</summary>
    public double Together { get; init; } = 0.06;

    /// <summary>Of orders that climb: a dispatcher takes them out of the search and picks whom to ask.</summary>
    public double ByHand { get; init; } = 0.06;

    /// <summary>Of orders that climb: the parent hands them down to another of its sites.</summary>
    public double HandDown { get; init; } = 0.05;

    /// <summary>Of calls that can wait: the clerk of the district holds a courtyard meeting, to which others come too.</summary>
    public double Meeting { get; init; } = 0.01;

    /// <summary>Of critical requests: the sign of something larger, so that the district goes over to emergency.</summary>
    public double Emergency { get; init; } = 0.04;

    /// <summary>Of hours that wait for somebody's yes: get a no.</summary>
    public double RefuseHours { get; init; } = 0.15;

    /// <summary>Of the lines of the ledger: were wrong, as the center finds.</summary>
    public double Correct { get; init; } = 0.005;

    /// <summary>Of either side.</summary>
    public double Rate { get; init; } = 0.60;

    /// <summary>Residents who take their wish back before it is served.</summary>
    public double Withdraw { get; init; } = 0.02;

    /// <summary>Requests sent a second time under the same key, as an app does that lost the answer.</summary>
    public double Repeat { get; init; } = 0.02;

    /// <summary>How many servers are started here, on one database; whoever asks, asks the next of them.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>How often the server that was started here is killed and started again; none: never.</summary>
    public TimeSpan? KillEvery { get; init; }

    /// <summary>Leave the database of the server that was started here where it is.</summary>
    public bool Keep { get; init; }

    public bool Quiet { get; init; }

    /// <summary>Name the operations of the service that nobody used.</summary>
    public bool Operations { get; init; }

    /// <summary>
    /// Whatever the number of rows, a volunteer has about as much to do: twelve a station up to two thousand rows, and from there on in proportion. So runs
    /// of different lengths can be compared.
    /// </summary>
    public int VolunteersFor(int rows) => VolunteersPerStation ?? Math.Max(12, (int)Math.Round(rows * 12 / 2_000.0));

    public const string Usage =
        """
        Replays requests of a city through the service.

          dotnet run --project tests/Matching.Replay -- <csv> [options]

          --limit N                    only the first N rows
          --seed N                     another town of made-up people
          --speed X                    for watching: at most X seconds of the field a second
          --url http://…               a server that runs already, in Development; it needs
            --admin-user, --admin-password   a platform-admin's
            --database FILE                  its SQLite file, if the invariants are to be checked
          --nodes N                    so many servers on one database, asked in turn
          --kill-every 5s              kill -9 the server (of several: the next of them) again and again, and start it anew
          --keep                       leave the database behind
          --quiet                      no progress bar
          --operations                 name the operations that nobody used
          --volunteers-per-station N   12, or more where there are more than 2,000 rows
          --residents-per-site N
          --accept 0.35  --decline 0.30     of those who are asked; the rest lets the offer lapse
          --release 0.03 --reassign 0.02 --late 0.12 --no-show 0.04 --forget-check-out 0.05    of those who accept
          --suspend 0.25               of those who did not come: are not asked for some days
          --split 0.06 --team 0.20 --whole-day 0.04 --together 0.06    of the wishes that a curator makes orders of
          --by-hand 0.06 --hand-down 0.05         of the orders that climb to a parent site
          --meeting 0.01 --emergency 0.04         of the calls that can wait; of the critical requests
          --refuse-hours 0.15 --correct 0.005     of the hours that wait for approval; of the lines of the ledger
          --confirm 0.70 --dispute 0.02 --rate 0.60 --withdraw 0.02 --repeat 0.02
        """;

    public static Options Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options();
        for (var i = 0; i < arguments.Count; i++)
        {
            string Value() => ++i < arguments.Count ? arguments[i] : throw new OptionException($"{arguments[i - 1]} needs a value.");
            int Whole() => int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : throw new OptionException($"{arguments[i - 1]} takes a whole number.");
            double Decimal() => double.TryParse(Value(), NumberStyles.Float, CultureInfo.InvariantCulture, out var x) ? x : throw new OptionException($"{arguments[i - 1]} takes a number.");
            double Share() => Decimal() is >= 0 and <= 1 and var x ? x : throw new OptionException($"{arguments[i - 1]} takes a share from 0 to 1.");
            options = arguments[i] switch
            {
                "--limit" => options with { Limit = Whole() },
                "--url" => options with { Url = new Uri(Value()) },
                "--admin-user" => options with { AdminUser = Value() },
                "--admin-password" => options with { AdminPassword = Value() },
                "--database" => options with { Database = Value() },
                "--seed" => options with { Seed = Whole() },
                "--speed" => options with { Speed = Decimal() },
                "--volunteers-per-station" => options with { VolunteersPerStation = Whole() },
                "--residents-per-site" => options with { ResidentsPerSite = Math.Max(1, Whole()) },
                "--accept" => options with { Accept = Share() },
                "--decline" => options with { Decline = Share() },
                "--release" => options with { Release = Share() },
                "--reassign" => options with { Reassign = Share() },
                "--split" => options with { Split = Share() },
                "--team" => options with { Team = Share() },
                "--whole-day" => options with { WholeDay = Share() },
                "--together" => options with { Together = Share() },
                "--meeting" => options with { Meeting = Share() },
                "--emergency" => options with { Emergency = Share() },
                "--refuse-hours" => options with { RefuseHours = Share() },
                "--correct" => options with { Correct = Share() },
                "--by-hand" => options with { ByHand = Share() },
                "--hand-down" => options with { HandDown = Share() },
                "--late" => options with { Late = Share() },
                "--no-show" => options with { NoShow = Share() },
                "--suspend" => options with { Suspend = Share() },
                "--forget-check-out" => options with { ForgetCheckOut = Share() },
                "--confirm" => options with { Confirm = Share() },
                "--dispute" => options with { Dispute = Share() },
                "--rate" => options with { Rate = Share() },
                "--withdraw" => options with { Withdraw = Share() },
                "--repeat" => options with { Repeat = Share() },
                "--nodes" => options with { Nodes = Math.Max(1, Whole()) },
                "--kill-every" => options with { KillEvery = Pause(Value()) },
                "--keep" => options with { Keep = true },
                "--quiet" => options with { Quiet = true },
                "--operations" => options with { Operations = true },
                ['-', ..] and var unknown => throw new OptionException($"There is no option {unknown}."),
                var file when options.File.Length == 0 => options with { File = file },
                var more => throw new OptionException($"One file at a time; what is {more}?"),
            };
        }

        return options switch
        {
            { File: "" } => throw new OptionException("Name the file of requests."),
            { Url: not null, Nodes: > 1 } => throw new OptionException("--nodes are started here: leave out --url or --nodes."),
            { Url: not null, KillEvery: not null } => throw new OptionException("Only a server that was started here can be killed: leave out --url or --kill-every."),
            _ when options.Accept + options.Decline > 1 => throw new OptionException("--accept and --decline are more than everybody."),
            _ when options.Confirm + options.Dispute > 1 => throw new OptionException("--confirm and --dispute are more than everybody."),
            _ when options.NoShow + options.Late + options.Release + options.Reassign > 1 =>
                throw new OptionException("--no-show, --late, --release and --reassign are more than everybody."),
            _ when options.Split + options.Team + options.WholeDay > 1 => throw new OptionException("--split, --team and --whole-day are more than everything."),
            _ when options.ByHand + options.HandDown > 1 => throw new OptionException("--by-hand and --hand-down are more than everything."),
            _ => options,
        };
    }

    private static TimeSpan Pause(string text) =>
        text.EndsWith('s') && double.TryParse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds) : throw new OptionException("--kill-every takes seconds: 5s.");
}

/// <summary>The command line cannot be understood; the message says why.</summary>
public sealed class OptionException(string message) : Exception(message);

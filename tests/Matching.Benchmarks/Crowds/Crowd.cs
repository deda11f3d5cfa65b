namespace Matching.Benchmarks.Crowds;

/// <summary>
/// Made-up volunteers of a world, each computed from the seed and a number: 128 skills by Zipf's law (1.2), one to six each, believable
/// free hours, 70 % active.
/// </summary>
internal sealed class Crowd
{
    public const int SkillCount = 128;

    private static readonly double[] SkillUpTo = ZipfUpTo(SkillCount, 1.2);
    private static readonly double[] SkillsEachUpTo = UpTo([0.27, 0.29, 0.22, 0.12, 0.06, 0.04]);
    private static readonly double[] LevelUpTo = UpTo([0.35, 0.35, 0.20, 0.10]);
    private static readonly double[] HabitUpTo = UpTo([0.30, 0.25, 0.20, 0.17, 0.08]);

    // Evening, weekend, student, retired, flexible: the hours of the week in which somebody of that habit may be free.
    private static readonly ulong[][] Habits =
    [
        Hours((day, hour) => hour is >= 18 and < 22),
        Hours((day, hour) => day >= 5 && hour is >= 8 and < 20),
        Hours((day, hour) => day >= 5 ? hour is >= 9 and < 21 : hour is >= 16 and < 21),
        Hours((day, hour) => hour is >= 8 and < 17),
        Hours((day, hour) => hour is >= 8 and < 22),
    ];

    public Crowd(World world, int count, ulong seed = 1) => (World, Count, Seed) = (world, count, seed);

    public World World { get; }

    public int Count { get; }

    public ulong Seed { get; }

    /// <summary>Skills by how often they are held: 0 is the commonest.</summary>
    public static int DrawSkill(ref Dice dice) => Draw(SkillUpTo, dice.Share());

    public static int DrawLevel(ref Dice dice) => 1 + Draw(LevelUpTo, dice.Share());

    /// <summary>Only where the volunteer lives: the beginning of <see cref="At"/>.</summary>
    public (int LatE7, int LngE7) PlaceOf(int number)
    {
        var dice = new Dice(Seed, (ulong)number);
        return World.Place(ref dice);
    }

    public Person At(int number)
    {
        var dice = new Dice(Seed, (ulong)number);
        return Next(ref dice);
    }

    /// <summary>Somebody drawn from the dice; what changes a volunteer's hours or place takes it from here.</summary>
    public Person Next(ref Dice dice)
    {
        Person person = default;
        (person.LatE7, person.LngE7) = World.Place(ref dice);
        var skills = 1 + Draw(SkillsEachUpTo, dice.Share());
        for (var taken = 0; taken < skills;)
        {
            var skill = DrawSkill(ref dice);
            if (person.LevelIn(skill) == 0)
            {
                person.Skills |= (ulong)(skill | (DrawLevel(ref dice) << 7)) << (10 * taken++);
            }
        }

        DrawHours(ref dice, ref person);
        person.Active = dice.Chance(0.7);
        person.Female = dice.Chance(0.55);
        person.Load = (byte)Math.Min(255, -3 * Math.Log(1 - dice.Share()));
        person.Reliability = (byte)Math.Clamp(255 * (0.82 + 0.12 * dice.Normal()), 0, 255);
        return person;
    }

    public static void DrawHours(ref Dice dice, ref Person person)
    {
        var habit = Habits[Draw(HabitUpTo, dice.Share())];
        var keep = (ulong)((0.6 + 0.4 * dice.Share()) * 256);
        (person.Hours0, person.Hours1, person.Hours2) = (Kept(ref dice, habit[0], keep), Kept(ref dice, habit[1], keep), Kept(ref dice, habit[2], keep));
    }

    public Person[] ToArray()
    {
        var people = new Person[Count];
        var progress = new Progress($"making volunteers ({World.Name})", Count);
        for (var i = 0; i < Count; i++)
        {
            people[i] = At(i);
            if ((i & 0xFFFFF) == 0)
            {
                progress.Report(i);
            }
        }

        progress.Done();
        return people;
    }

    internal static double[] ZipfUpTo(int count, double exponent) => UpTo([.. Enumerable.Range(1, count).Select(rank => Math.Pow(rank, -exponent))]);

    private static ulong Kept(ref Dice dice, ulong hours, ulong keep)
    {
        // Each hour is kept with probability keep ÷ 256, eight bits of chance an hour.
        var kept = 0ul;
        for (ulong left = hours, chance = 0, bytes = 0; left != 0; left &= left - 1, chance >>= 8, bytes--)
        {
            if (bytes == 0)
            {
                (chance, bytes) = (dice.Next(), 8);
            }

            if ((chance & 255) < keep)
            {
                kept |= left & (~left + 1);
            }
        }

        return kept;
    }

    private static ulong[] Hours(Func<int, int, bool> free)
    {
        var words = new ulong[3];
        for (var hour = 0; hour < 168; hour++)
        {
            if (free(hour / 24, hour % 24))
            {
                words[hour / 64] |= 1ul << (hour % 64);
            }
        }

        return words;
    }

    private static double[] UpTo(double[] shares)
    {
        var upTo = new double[shares.Length];
        var all = shares.Sum();
        var sum = 0.0;
        for (var i = 0; i < shares.Length; i++)
        {
            sum += shares[i] / all;
            upTo[i] = sum;
        }

        return upTo;
    }

    private static int Draw(double[] upTo, double share)
    {
        if (upTo.Length < 8)
        {
            var i = 0;
            while (i < upTo.Length - 1 && share >= upTo[i])
            {
                i++;
            }

            return i;
        }

        var at = Array.BinarySearch(upTo, share);
        return Math.Min(upTo.Length - 1, at < 0 ? ~at : at);
    }
}

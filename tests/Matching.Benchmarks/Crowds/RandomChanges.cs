using Matching.Engine.Index;

namespace Matching.Benchmarks.Crowds;

/// <summary>Random changes of volunteers, made to the tree and to the plain list alike.</summary>
internal sealed class RandomChanges(Crowd crowd, Person[] people, ulong seed)
{
    private Dice _dice = new(seed, 0);

    /// <summary>Half a load, a fifth the status, a fifth the hours, a tenth a move: half of them near by, half anywhere.</summary>
    public void Next(SlicedTree<BenchProfile, BenchRow> tree)
    {
        var number = _dice.Below(people.Length);
        ref var person = ref people[number];
        switch (_dice.Below(10))
        {
            case < 5:
                person.Load = (byte)Math.Min(255, -3 * Math.Log(1 - _dice.Share()));
                tree.PutRow(number, BenchProfile.RowOf(person));
                break;
            case < 7:
                person.Active = !person.Active;
                tree.PutFlags(number, BenchProfile.FlagsOf(person));
                break;
            case < 9:
                Crowd.DrawHours(ref _dice, ref person);
                tree.PutHours(number, BenchProfile.HoursOf(person));
                break;
            default:
                if (_dice.Chance(0.5))
                {
                    person.LatE7 += (int)(_dice.Normal() * 45_000);
                    person.LngE7 += (int)(_dice.Normal() * 55_000);
                }
                else
                {
                    var hours = BenchProfile.HoursOf(person);
                    person = crowd.Next(ref _dice);
                    (person.Hours0, person.Hours1, person.Hours2) = (hours.Low, hours.Middle, hours.High);
                }

                tree.Put(number, BenchProfile.EntryOf(person));
                break;
        }
    }
}

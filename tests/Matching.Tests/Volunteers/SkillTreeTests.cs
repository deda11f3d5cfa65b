using FsCheck;
using Matching.Volunteers;

namespace Matching.Tests.Volunteers;

public class SkillTreeTests
{
    [TestCase("wiring", "wiring", 0)]
    [TestCase("wiring", "electrics", 1)]
    [TestCase("rewiring", "electrics", 2)]
    [TestCase("electrics", "wiring", null)]
    [TestCase("lighting", "wiring", null)]
    [TestCase("plumbing", "electrics", null)]
    [TestCase("unheard-of", "electrics", null)]
    [TestCase("wiring", "unheard-of", null)]
    public void A_narrower_skill_counts_as_the_broader_one(string held, string required, int? steps)
    {
        Assert.That(A.Skills.StepsBelow(A.Skill(held), A.Skill(required)), Is.EqualTo(steps));
        Assert.That(A.Skills.Counts(A.Skill(held), A.Skill(required)), Is.EqualTo(steps is not null));
    }

    [Test]
    public void A_tree_that_is_none_is_refused()
    {
        var (a, b, c) = (A.Skill("a"), A.Skill("b"), A.Skill("c"));
        Assert.That(SkillTree.Of([new(a), new(a)]).Refusal, Is.EqualTo(Refusals.SkillTwice));
        Assert.That(SkillTree.Of([new(a, b)]).Refusal, Is.EqualTo(Refusals.SkillUnknown));
        Assert.That(SkillTree.Of([new(a, a)]).Refusal, Is.EqualTo(Refusals.SkillCircle));
        Assert.That(SkillTree.Of([new(a, b), new(b, c), new(c, a)]).Refusal, Is.EqualTo(Refusals.SkillCircle));
    }

    [Test]
    public void Only_a_known_skill_at_a_level_from_1_to_4_can_be_asked_for()
    {
        Assert.That(A.Skills.Require(A.Skill("unheard-of")).Refusal, Is.EqualTo(Refusals.SkillUnknown));
        Assert.That(A.Skills.Require(A.Skill("wiring"), 0).Refusal, Is.EqualTo(Refusals.SkillLevelOutOfRange));
        Assert.That(A.Skills.Require(A.Skill("wiring"), 5).Refusal, Is.EqualTo(Refusals.SkillLevelOutOfRange));
        Assert.That(A.Skills.Require(A.Skill("wiring"), 4).Value.CountsAs, Has.Count.EqualTo(2));
    }

    [FsCheck.NUnit.Property]
    public void In_any_tree_a_skill_counts_as_exactly_those_above_it(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var parents = Enumerable.Range(0, 30).Select(i => i == 0 || random.Next(5) == 0 ? -1 : random.Next(i)).ToArray();
        var ids = parents.Select((_, i) => A.Skill(i.ToString())).ToArray();
        var nodes = parents.Select((parent, i) => new SkillNode(ids[i], parent < 0 ? null : ids[parent])).ToArray();
        random.Shuffle(nodes);
        var tree = SkillTree.Of(nodes).Value;

        for (var held = 0; held < 30; held++)
        {
            var above = new List<int>();
            for (var at = held; at >= 0; at = parents[at])
            {
                above.Add(at);
            }

            for (var required = 0; required < 30; required++)
            {
                Assert.That(tree.StepsBelow(ids[held], ids[required]), Is.EqualTo(above.Contains(required) ? above.IndexOf(required) : null));
            }
        }
    }
}

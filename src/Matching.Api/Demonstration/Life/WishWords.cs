namespace Matching.Api.Demonstration.Life;

/// <summary>What people say when they ask; made up.</summary>
public static class WishWords
{
    private static readonly Dictionary<string, string[]> Said = new()
    {
        ["education-phone"] = ["想学怎么和孙女视频。", "手机字太小，想请人教我调大。", "医院要网上挂号，我不会。"],
        ["health-escort"] = ["下周复查，儿子在外地，想请人陪我去医院。", "我爸腿脚不便，想请人陪他去做检查。"],
        ["health-blood-pressure"] = ["这两天头晕，想请人上门量个血压。", "老伴出不了门，想给她量量血压。"],
        ["help-light-bulb"] = ["客厅的灯坏了，够不着。", "楼道口那盏灯不亮，晚上看不见台阶。", "厨房灯泡闪，想换一个。"],
        ["help-tap"] = ["厨房水龙头一直滴水。", "水龙头拧不紧，水漏到邻居家了。"],
        ["help-wiring"] = ["插座冒火花，不敢用了。", "一开电磁炉就跳闸。"],
        ["help-haircut"] = ["母亲卧床，想请人上门理个发。", "腿摔了出不了门，头发长了。"],
        ["help-errand"] = ["想请人帮忙取个药。", "买米买油提不动。"],
        ["help-look-in"] = ["独居的叔叔电话打不通，想请人去看看。"],
        ["education-homework"] = ["孩子数学跟不上，想请人辅导作业。"],
        ["education-child-company"] = ["孙子周末一个人在家，想有人陪他玩会儿。"],
        ["law-advice"] = ["租房押金不退，想问问律师。", "宅基地的事想咨询一下。"],
        ["law-mediation"] = ["楼上漏水说了几次，谈不拢。"],
        ["science-farm"] = ["橘子树叶子发黄，想请人看看。"],
        ["environment-sorting"] = ["垃圾怎么分，我们院里都搞不清。"],
        ["environment-courtyard"] = ["屋场的水沟堵了，想大家一起清一清。"],
        ["theory-policy-visit"] = ["医保新政策听不懂，想请人讲讲。"],
        ["culture-couplets"] = ["想请人写几副对联。"],
    };

    public static string Of(string item, Random random) =>
        Said.TryGetValue(item, out var said) ? said[random.Next(said.Length)] : $"想请人帮忙：{DemonstrationMenu.Items.Single(one => one.Code == item).Zh}。";
}

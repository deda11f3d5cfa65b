namespace Matching.Residents;

/// <summary>Why somebody is looked after with special care.</summary>
public enum CareTag
{
    /// <summary>空巢老人</summary>
    EmptyNestElder,

    /// <summary>留守儿童</summary>
    LeftBehindChild,

    /// <summary>残疾人</summary>
    Disabled,

    /// <summary>困难家庭</summary>
    Hardship,

    /// <summary>单亲母亲</summary>
    SingleMother,

    /// <summary>孤儿</summary>
    Orphan,
}

/// <summary>What somebody who asks for a resident is to them.</summary>
public enum ProxyRelation
{
    /// <summary>亲属</summary>
    Relative,

    /// <summary>邻居</summary>
    Neighbour,

    /// <summary>网格员</summary>
    GridWorker,

    /// <summary>站点工作人员</summary>
    Clerk,

    /// <summary>其他</summary>
    Other,

    /// <summary>合作平台: a partner that handed in a wish for her. Never said by people.</summary>
    Partner,
}

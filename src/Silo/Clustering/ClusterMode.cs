namespace OrleansIot.Silo.Clustering;

/// <summary>Where the silos of a cluster find each other, and where their twins are kept.</summary>
public enum ClusterMode
{
    /// <summary>One silo on this machine, which needs no server: the store is SQLite, and who is in the cluster is known.</summary>
    Localhost,

    /// <summary>Any number of silos: membership, twins and reminders are tables in DynamoDB.</summary>
    DynamoDb,
}

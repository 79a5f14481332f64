// Whole clusters on a machine of a few cores, with time limits on what they do: one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

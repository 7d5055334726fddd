using System.Data.Common;
using Resonance.Engine.Definitions;
using Resonance.Engine.Operations;
using Resonance.Engine.Storage;

namespace Resonance.Host;

/// <summary>Says whether this build could be started on the store as it is, without starting it.</summary>
static class CheckVerb
{
    public static async Task<int> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var problems = services.GetServices<IWorkflow>().SelectMany(workflow => workflow.Verify()).ToArray();
        if (problems.Length > 0)
        {
            Console.Error.WriteLine(new WorkflowDefinitionException(problems).Message);
            return 1;
        }

        var store = services.GetRequiredService<IWorkflowStore>();
        SchemaOutOfDateException? older = null;
        try
        {
            await store.CheckAsync(cancellationToken);
        }
        catch (SchemaOutOfDateException outOfDate)
        {
            // Scripts add to what instances are stored in and take nothing away: they can be read as they are.
            older = outOfDate;
        }

        IReadOnlyList<StrandedGroup> stranded;
        try
        {
            stranded = await services.GetRequiredService<UpgradeCheck>().FindAsync(null, cancellationToken);
        }
        catch (DbException) when (older is not null)
        {
            Console.WriteLine($"{older.Message} There are no instances.");
            return 0;
        }

        if (stranded.Count > 0)
        {
            Console.Error.WriteLine(new WorkflowUpgradeException(stranded).Message);
            return 1;
        }

        Console.WriteLine("Every instance that has not ended can go on in this build.");
        return 0;
    }
}

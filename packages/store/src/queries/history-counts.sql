-- Rows of the views of a tenant, and how many copies the tables hold of them: copies never show in the views.
SELECT
    (SELECT count() FROM decisions_v1 WHERE tenant = {tenant:String}) AS decisions,
    (SELECT count() FROM decisions WHERE tenant = {tenant:String}) AS decisionCopies,
    (SELECT count() FROM anomalies_v1 WHERE tenant = {tenant:String}) AS anomalies,
    (SELECT count() FROM control_events_v1 WHERE tenant = {tenant:String}) AS controlEvents

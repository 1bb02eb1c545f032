/** Words that tell what an English text is about and what it wants, written for this package; `*` ends a prefix. */
export const englishTopics: Readonly<Record<string, string>> = {
  technical: `api apis rest graphql grpc soap endpoint* webhook* sdk sdks sso saml oauth oidc openid scim ldap okta
    entra kerberos mfa token tokens jwt certificate certificates tls ssl mtls cipher* encrypt* decrypt* hash* hmac
    signature signatures key keys kms vault latency throughput bandwidth performance benchmark* concurren* parallel
    scal* load cluster* node nodes replica* shard* partition* failover redundan* availability uptime backup* restore*
    snapshot* recovery disaster database* db sql postgres* mysql oracle mongodb redis kafka rabbitmq queue queues stream
    streaming streams schema* field fields index* query queries cache* caching memory cpu gpu disk storage server servers
    server-side host hosts hosting hosted cloud vpc aws azure gcp kubernetes k8s docker container* helm terraform openshift
    linux windows macos android ios arm x86 deploy* install* on-prem on-premise on-premises self-hosted air-gapped migrat*
    integrat* connector* connect connects plugin* plug-in adapter* sync synchroni* import imports importing export exports
    ingest* etl pipeline* batch* upload* download* csv json xml parquet yaml avro format formats encoding* parser parse*
    protocol* http https websocket* sftp ftp smtp imap mime dns ip ipv6 port ports firewall* proxy nginx vpn network*
    gateway* router* retry retries retrying timeout* idempoten* dedup* duplicate* order ordering sequence version*
    upgrade* rollback roll config* setting settings parameter* flag flags environment* sandbox staging production
    tenant* tenancy multi-tenant permission* role roles access rbac authenticat* authoriz* audit log logs logging monitor*
    metric* prometheus grafana alert* dashboard* report* widget* iframe embed* browser* firefox chrome javascript python
    java node.js golang go typescript code script* library libraries client framework* compiler algorithm* model models
    train* inference accuracy embedding* vector llm ai ml transcri* speech recogni* speaker* audio voice codec* telephony
    sip pbx ivr crm erp salesforce hubspot sap dynamics zendesk jira slack teams outlook exchange sharepoint retention
    residency region regions gdpr hipaa pci soc2 compliance pii redact* mask* anonymi* delete* purge* data dataset*
    rate limit limits limited quota* threshold* size maximum megabyte* gigabyte* terabyte* mb gb tb ms millisecond*
    second seconds record records row rows table tables column columns object objects custom event events rule rules
    workflow* trigger* automation* bot bots agent agents template* search* filter* pagination cursor cron schedule
    scheduler thread threads process function* method* class classes variable* exception* compile* debug* runtime
    architecture* infrastructure topology design documentation spec specification openapi swagger support* compatib*
    offline mobile app apps desktop device devices hardware sensor* firmware edge tokenis* tokeniz* virtual vm vms`,
  commercial: `price* pricing cost costs budget* discount* invoice* billing bill paid pay payment* refund* money quote*
    quotation* contract* renew* order form purchase* procurement license* licence* seat seats subscription* fee fees
    expens* cheap* deal negotiat* agreement* nda legal lawyer* clause* terminat* cancel* sign signed signing signature
    term terms trial plan plans package commission tax vat charge* dollars euros pounds percent penalty vendor* competitor*`,
  scheduling: `meeting* meet call calls demo calendar invite schedule* reschedule* monday tuesday wednesday thursday friday
    saturday sunday tomorrow today tonight morning afternoon evening week weekend month year january february march april
    june july august september october november december o'clock am pm slot available availability lunch dinner coffee
    conference webinar workshop kickoff postpone* holiday* vacation office room hotel flight train travel* visit`,
  social: `hello hi hey dear thanks thank thx cheers regards congratulations happy weather weekend kids family birthday
    nice great love wonderful welcome luck wish wishes enjoy* goodbye bye sincerely best team colleague* boss`,
  trouble: `down broken crash* fail* error* bug bugs outage* slow* unacceptable complain* complaint disappoint* frustrat*
    annoy* useless terrible horrible awful worst angry hate unhappy waste mess late nobody never again still lost`,
  question: `how what which where when who whose why whether does do is are can could would will should has have did`,
  capability: `support supports supported possible able integrate integrates handle handles work works allow allows
    compatible recommended recommend configure limit limits maximum minimum behave behaves happen happens expect require
    requires required need needs`,
  inquiry: `wondering wonder wonders understand explain clarify confirm curious asking asks asked question questions know
    learn details detail evaluating evaluate considering guidance walk tell share find figure documented`,
  company: `we we've we're our us customer customers client clients rep reps agents users people staff boss board ceo cto office
    vendor account consultant engineers technician support training trainer release product platform salesperson company
    colleagues team teams business deal deals leads pipeline rollout pilot onboarding implementation crm invoice* billing
    contract price* pricing renew* supplier partner hotline management quarter`,
  asking: `please kindly could can would let send give provide forward call contact confirm review check fill return
    complete attach attached need want appreciate grateful asap urgent`,
};
